//! Groups identical and near-identical documents and chooses the one to keep.

//! Undoes HTTP content codings under a size cap.

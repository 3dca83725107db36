//! Offers a site that misbehaves on request, and fixture loaders, for tests only.

//! Turns a fetch task into a capture or a refusal, politely.

//! Runs the stages in order, resumes them, reports events.

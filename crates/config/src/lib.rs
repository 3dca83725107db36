//! Parses and validates the configuration folder into the stages' own settings.

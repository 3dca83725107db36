//! Settings that are overridden key by key.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::document::Entry;
use crate::problem::{Place, Problems};
use crate::suggest::did_you_mean;

/// Returns the names of the settings of `T`, in their order.
pub(crate) fn keys_of<T: Serialize + Default>() -> Vec<String> {
    object_of(&T::default())
        .into_iter()
        .map(|(key, _)| key)
        .collect()
}

/// Returns `base` with what `entries` say. Each key is tried alone against the type, so that a mistake
/// is blamed on its key; a key that fails keeps its value of `base`.
pub(crate) fn overridden<T>(
    base: &T,
    section: &str,
    entries: &[Entry],
    whole: &Place,
    problems: &mut Problems,
) -> T
where
    T: Serialize + DeserializeOwned + Clone,
{
    let mut settings = object_of(base);
    for entry in entries {
        let Some(value) = entry.node.to_json() else {
            continue;
        };
        let before = settings.insert(entry.key.clone(), value);
        if let Err(error) = serde_json::from_value::<T>(Value::Object(settings.clone())) {
            let remedy = before.as_ref().and_then(|v| example(&entry.key, v));
            problems.add(
                &whole.at(entry.line),
                dotted(section, &entry.key),
                lower_first(&error.to_string()),
                remedy,
            );
            match before {
                Some(value) => settings.insert(entry.key.clone(), value),
                None => settings.remove(&entry.key),
            };
        }
    }
    serde_json::from_value(Value::Object(settings)).unwrap_or_else(|_| base.clone())
}

/// Splits off the entries that are among `known`; the others are reported, with the section where such
/// a key belongs if there is one.
pub(crate) fn known_only(
    section: &str,
    entries: Vec<Entry>,
    known: &[String],
    elsewhere: &[(&str, Vec<String>)],
    whole: &Place,
    problems: &mut Problems,
) -> Vec<Entry> {
    let (good, bad): (Vec<_>, Vec<_>) = entries.into_iter().partition(|e| known.contains(&e.key));
    for entry in bad {
        let home = elsewhere.iter().find(|(_, keys)| keys.contains(&entry.key));
        let remedy = match home {
            Some((name, _)) => Some(format!("it belongs in [{name}]")),
            None => did_you_mean(&entry.key, known.iter().map(String::as_str)),
        };
        let remedy = remedy.or_else(|| Some(format!("the keys here are {}", known.join(", "))));
        problems.add(
            &whole.at(entry.line),
            dotted(section, &entry.key),
            "unknown key",
            remedy,
        );
    }
    good
}

/// Returns `section.key`, or `key` at the top of a file.
pub(crate) fn dotted(section: &str, key: &str) -> String {
    if section.is_empty() {
        key.to_owned()
    } else {
        format!("{section}.{key}")
    }
}

fn object_of<T: Serialize>(settings: &T) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// Shows how the key is written, by its present value.
fn example(key: &str, value: &Value) -> Option<String> {
    let shown = match value {
        Value::Object(map) if !map.is_empty() => return None,
        Value::Object(_) => "{}".to_owned(),
        other => other.to_string(),
    };
    Some(format!("it is written like `{key} = {shown}`"))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

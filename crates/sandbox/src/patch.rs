//! JSON merge patch (RFC 7396).

use serde_json::Value;

/// Changes `target` by `patch`: objects are merged, null removes, everything else replaces.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(target) = target else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.as_str()).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_patch_merges_removes_and_replaces_like_the_example_of_the_rfc() {
        let mut target = json!({ "title": "Goodbye!", "author": { "given": "John", "family": "Doe" }, "tags": ["a"] });
        merge(
            &mut target,
            &json!({ "title": "Hello!", "author": { "family": null }, "tags": ["b"], "new": { "x": null } }),
        );
        assert_eq!(target, json!({ "title": "Hello!", "author": { "given": "John" }, "tags": ["b"], "new": {} }));
    }
}

/// One thing in the database and what it is made of, as the schema has it or as it was found. Texts are SQL, compared in
/// their normal form.
struct SchemaItem: Sendable {
  let kind: SchemaKind
  /// The table that it belongs to, or the type; nil of a function.
  let relation: String?
  /// Of a constraint what it says: nobody refers to it by its name.
  let name: String
  var properties: [String: String] = [:]
  /// Whether another of its kind on the same table does as well.
  var isReplaceable = false
  /// What it should be, for the case that it is missing: a table's columns, a column's definition.
  var summary: String?

  struct Key: Hashable {
    let kind: SchemaKind
    let relation: String?
    let name: String
  }

  var key: Key { Key(kind: kind, relation: relation, name: normalForm(ofSQL: name)) }
}

/// What the schema consists of.
public enum SchemaKind: String, Sendable, CaseIterable {
  /// A table of the schema.
  case table
  /// A column, with its type, default and whether it may be null.
  case column
  /// A label of an enum.
  case enumLabel = "enum_label"
  /// A primary key, unique, foreign key or check constraint.
  case constraint
  /// An index that is no constraint's.
  case index
  /// A trigger.
  case trigger
  /// A function, with its body.
  case function
}

/// The same text for what PostgreSQL takes for the same and writes in its own way: without casts, parentheses, spaces and
/// schemas. Text in quotes stays as it is.
func normalForm(ofSQL text: String) -> String {
  var form = ""
  var isQuoted = false
  for character in text.replacing(#/::[\w.]+/#, with: "") {
    if character == "'" { isQuoted.toggle() }
    if isQuoted {
      form.append(character)
    } else if !character.isWhitespace, character != "(", character != ")" {
      form += character.lowercased()
    }
  }
  for (written, short) in [
    ("public.", ""), ("extensions.", ""), ("pg_catalog.", ""), ("ifnotexists", ""), ("createorreplace", "create"),
    ("usingbtree", ""), ("timestampwithtimezone", "timestamptz"), ("=anyarray[", "in"), ("]", ""),
  ] {
    form = form.replacing(written, with: short)
  }
  return form
}

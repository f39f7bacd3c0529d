extension Embed {
  /// What it adds to the columns of the rows around it.
  var outputs: [String] {
    if isSpread { return selection.outputNames.map { SQLSource(name: alias).column($0) } }
    if selection.isEmpty { return [] }
    return relationship.isToOne
      ? ["row_to_json(\(alias).*)::jsonb AS \(quoted(key))"]
      : ["COALESCE(\(alias).\(alias), '[]') AS \(quoted(key))"]
  }

  /// The conditions that join its rows with those around them.
  fileprivate func links(around outer: SQLSource) -> [String] {
    guard let junction = relationship.junction else { return relationship.link.conditions(outer, source) }
    let between = SQLSource(name: SQLSource.name(ofTable: junction.table))
    return junction.link.conditions(between, source) + relationship.link.conditions(outer, between)
  }
}

extension Relationship.Link {
  fileprivate func conditions(_ own: SQLSource, _ other: SQLSource) -> [String] {
    zip(ownColumns, otherColumns).map { own.column($0) + " = " + other.column($1) }
  }
}

extension SQLText {
  /// Writes ` JOIN …`. Of many rows it makes one, whose column of the alias's name is an array, null for no rows.
  mutating func appendJoin(_ embed: Embed, around outer: SQLSource) {
    let alias = embed.alias
    text += embed.isInner ? " INNER JOIN LATERAL (" : " LEFT JOIN LATERAL ("
    if !embed.relationship.isToOne {
      let spread = embed.isSpread ? embed.selection.outputNames : []
      let arrays = spread.map { name in
        ", COALESCE(json_agg(\(SQLSource(name: alias).column(name))), '[]')::jsonb AS \(quoted(name))"
      }
      text += "SELECT json_agg(\(alias))::jsonb AS \(alias)\(arrays.joined()) FROM ("
    }
    appendSelect(embed.selection, from: embed.origin, source: embed.source, links: embed.links(around: outer))
    if !embed.relationship.isToOne { text += ") AS " + alias }
    text += ") AS \(alias) ON "
    text += embed.isInner && !embed.relationship.isToOne ? "\(alias) IS NOT NULL" : "TRUE"
  }

  /// Writes `EXISTS (…)`: whether a row around it has one.
  mutating func appendExists(_ embed: Embed, around outer: SQLSource) {
    text += "EXISTS ("
    appendCountable(embed.selection, from: embed.origin, source: embed.source, links: embed.links(around: outer))
    text += ")"
  }
}

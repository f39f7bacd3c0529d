extension LocalPath {
  /// Whether files of this name usually hold secrets: private keys, passwords, tokens. Told by the last component, or by
  /// the last two, without regard to the case of ASCII letters; nothing is read.
  public var looksSensitive: Bool {
    guard let last = components.last else { return false }
    let name = String(decoding: last.lowercased, as: UTF8.self)
    let folder = components.dropLast().last.map { String(decoding: $0.lowercased, as: UTF8.self) }
    if name.utf8.ends(with: ".pub") { return false }
    if name.utf8.starts(with: ".env.".utf8) || name.utf8.ends(with: ".env") { return !Self.isTemplate(name) }
    if folder == ".ssh" { return !Self.publicPartsOfSSH.contains(name) }
    return Self.sensitiveNames.contains(name) || Self.sensitivePlaces.contains("\(folder ?? "")/\(name)")
      || Self.sensitiveEndings.contains { name.utf8.ends(with: $0) } || Self.isServiceAccount(name)
  }

  /// `.env.example`, `.env.test.sample`, `example.env`: files of settings that are made to be shared.
  private static func isTemplate(_ name: String) -> Bool {
    let words = name.split(separator: ".")
    return [words.first, words.last].contains { ["example", "sample", "template", "dist"].contains($0) }
  }

  /// Keys of Google's service accounts, under the names that they are given.
  private static func isServiceAccount(_ name: String) -> Bool {
    ["service-account", "service_account", "serviceaccount"].contains { name.utf8.starts(with: $0.utf8) }
      && name.utf8.ends(with: ".json")
  }

  private static let sensitiveNames: Set<String> = [
    "id_rsa", "id_dsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_xmss",
    ".envrc", ".netrc", "_netrc", ".pgpass", ".my.cnf", ".npmrc", ".pypirc", ".git-credentials", ".htpasswd",
    ".dockercfg", "kubeconfig", ".s3cfg", ".boto", ".vault-token", ".terraformrc",
    "credentials.json", "application_default_credentials.json", "client_secret.json", "secrets.json", "secrets.yml",
    "secrets.yaml", "secrets.toml", "terraform.tfstate", "secring.gpg",
  ]

  private static let sensitiveEndings = [
    ".pem", ".key", ".p8", ".p12", ".pfx", ".pkcs12", ".jks", ".keystore", ".kdb", ".kdbx", ".ppk",
  ]

  private static let sensitivePlaces: Set<String> = [
    ".aws/credentials", ".docker/config.json", ".kube/config", ".cargo/credentials", ".cargo/credentials.toml",
    ".gem/credentials", "gh/hosts.yml", "rclone/rclone.conf", ".azure/msal_token_cache.json", ".git/config",
  ]

  private static let publicPartsOfSSH: Set<String> = [
    "authorized_keys", "known_hosts", "known_hosts.old", "config", "allowed_signers",
  ]
}

extension String.UTF8View {
  fileprivate func ends(with suffix: String) -> Bool { reversed().starts(with: suffix.utf8.reversed()) }
}

import StorageModel
import Testing

@Suite struct SensitiveNameTests {
  @Test(arguments: [
    ".env", "app/.env", ".ENV", ".env.local", ".env.production", "production.env", ".envrc", "id_rsa", "a/ID_RSA",
    "id_ed25519", "id_ecdsa", "id_dsa", "id_ed25519_sk", "server.pem", "tls.key", "x.P12", "x.pfx", "x.jks",
    "release.keystore", "passwords.kdbx", ".netrc", "_netrc", ".pgpass", ".npmrc", ".pypirc", ".git-credentials",
    "credentials.json", "Service-Account.json", "service-account-prod.json", "service_account.json", ".htpasswd",
    ".aws/credentials", "/home/u/.aws/credentials", ".docker/config.json", ".kube/config", ".ssh/work",
    "/h/.ssh/github",
    ".pem", "putty.ppk", "AuthKey_X.p8", "terraform.tfstate", ".vault-token",
  ])
  func `what usually holds a secret is told`(name: String) throws {
    #expect(try #require(LocalPath(name)).looksSensitive)
  }

  @Test(arguments: [
    ".env.example", ".env.sample", ".env.template", ".env.test.example", "example.env", "id_rsa.pub", "server.pem.pub",
    ".ssh/known_hosts", ".ssh/config", ".ssh/authorized_keys", ".ssh/work.pub", "credentials", "config.json", "config",
    "environment.py", "env", "keys.py", "monkey", "pem", "key", "notes.key.txt", "service-account.md", "a.environment",
    "rsa", "passwords.txt", "/", "", ".", "sub/.aws", ".envoy.yaml", "docker/config.json",
  ])
  func `ordinary and public files are not`(name: String) throws {
    #expect(try !#require(LocalPath(name)).looksSensitive)
  }

  @Test func `a name of any bytes is judged without harm`() throws {
    var random = SplitMix64(seed: 19)
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in UInt8.random(in: 1...255, using: &random) }
      let name = try #require(LocalPath(bytes: bytes))
      let dotted = try #require(LocalPath(bytes: bytes.filter { $0 != 0x2f } + Array(".pem".utf8)))
      _ = name.looksSensitive
      #expect(dotted.looksSensitive)
    }
  }
}

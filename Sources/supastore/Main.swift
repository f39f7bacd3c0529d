import CommandTable
import StorageCore

@main
enum Main {
  static func main() {}
}

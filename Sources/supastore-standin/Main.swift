import StandIn

@main
enum Main {
  static func main() {}
}

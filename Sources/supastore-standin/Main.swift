import Glibc
import StandIn

@main
enum Main {
  static func main() throws {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)

    let directory = try WatchedDirectory(prefix: "standin")
    let cluster = try PostgresCluster(directory: directory.path + "/postgres", socketDirectory: directory.path + "/s")
    try ProjectDatabase.makeTemplate("project_template", in: cluster)
    let database = ProjectDatabase(cluster: cluster, name: "project", template: "project_template")
    try database.recreate()
    let standIn = try StandIn(database: database, directory: directory.path + "/blobs")
    for (name, value) in standIn.environment { print("export \(name)='\(value)'") }
    fflush(nil)
    var signal: Int32 = 0
    sigwait(&signals, &signal)
    standIn.stop()
    cluster.stop(keepingData: false)
    directory.remove()
  }
}

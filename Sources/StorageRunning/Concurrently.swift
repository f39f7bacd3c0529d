/// The results of `body` for each of `inputs`, in their order; so many at one time.
package func concurrently<Input: Sendable, Output: Sendable>(
  _ inputs: [Input], limit: Int, _ body: @escaping @Sendable (Input) async -> Output
) async -> [Output] {
  await withTaskGroup(of: (index: Int, output: Output).self) { group in
    var outputs: [Int: Output] = [:]
    for (index, input) in inputs.enumerated() {
      if index >= limit, let next = await group.next() { outputs[next.index] = next.output }
      group.addTask { (index, await body(input)) }
    }
    for await next in group { outputs[next.index] = next.output }
    return inputs.indices.compactMap { outputs[$0] }
  }
}

using OrleansAgents.Tests;
using OrleansAgents.Tests.Cases;
using OrleansAgents.Tests.Measuring;

BenchmarkOptions options;
try
{
    options = BenchmarkOptions.Parse(args);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}

if (await ChildCommands.TryRunAsync(options))
{
    return 0;
}

Func<BenchmarkOptions, IAsyncEnumerable<Row>>? run = options.Command switch
{
    "ask" => AskCases.RunAsync,
    "idle" => IdleCase.RunAsync,
    "start" => StartCase.RunAsync,
    "fairness" => FairnessCase.RunAsync,
    "store" => StoreCases.RunAsync,
    "durable" => DurableCases.RunAsync,
    "topics" => TopicCases.RunAsync,
    "cluster" => ClusterCases.RunAsync,
    "failover" => FailoverCase.RunAsync,
    "trust" => TrustCases.RunAsync,
    "routing" => RoutingCases.RunAsync,
    "fanout" => FanOutCases.RunAsync,
    "directory" => DirectoryCases.RunAsync,
    "runs" => RunCases.RunAsync,
    "http" => HttpCases.RunAsync,
    _ => null,
};
if (run is null)
{
    await Console.Error.WriteLineAsync(BenchmarkOptions.Usage);
    return 2;
}

var rows = new List<Row>();
Report.WriteHeader();
await foreach (var row in run(options))
{
    Report.Write(row);
    rows.Add(row);
}

if (options.JsonFile is { } file)
{
    await Report.SaveAsync(file, rows);
}

return 0;

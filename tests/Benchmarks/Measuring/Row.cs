using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansAgents.Tests.Measuring;

/// <summary>One line of the result. What a case does not measure is null.</summary>
internal sealed record Row(string Case)
{
    public double? OpsPerSecond { get; init; }

    public double? P50Us { get; init; }

    public double? P99Us { get; init; }

    public double? BytesPerOp { get; init; }

    /// <summary>Ours over the reference; 1 or null on a line of the reference.</summary>
    public double? Ratio { get; init; }

    [JsonIgnore]
    public string Note { get; init; } = "";
}

/// <summary>Shows results to people and to programs.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    public static void WriteHeader() => Console.WriteLine(
        $"{"case",-44} {"ops/s",10} {"p50 µs",10} {"p99 µs",10} {"bytes/op",9} {"ratio",7}");

    public static void Write(Row row) => Console.WriteLine(
        $"{row.Case,-44} {row.OpsPerSecond,10:0} {row.P50Us,10:0.0} {row.P99Us,10:0.0} {row.BytesPerOp,9:0} {row.Ratio,7:0.000}  {row.Note}");

    public static async Task SaveAsync(string path, IReadOnlyList<Row> rows)
    {
        var file = File.Create(path);
        await using (file)
        {
            await JsonSerializer.SerializeAsync(file, rows, Json);
        }
    }
}

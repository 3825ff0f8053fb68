using OrleansAgents.Messaging;

namespace OrleansAgents.Tests.Workload;

/// <summary>The agent's request: five strings.</summary>
[Contract("bench.quote")]
public sealed record Quote(string Customer, string Product, string Region, string Currency, string Note) : IRequest<QuoteReply>;

/// <summary>The agent's answer: five strings.</summary>
public sealed record QuoteReply(string Customer, string Product, string Price, string Currency, string Terms);

/// <summary>The same request for the grain without a layer above it.</summary>
[GenerateSerializer, Immutable, Alias("bench.RawRequest")]
public sealed record RawRequest(
    [property: Id(0)] string Customer, [property: Id(1)] string Product, [property: Id(2)] string Region,
    [property: Id(3)] string Currency, [property: Id(4)] string Note);

/// <summary>The same answer for the grain without a layer above it.</summary>
[GenerateSerializer, Immutable, Alias("bench.RawReply")]
public sealed record RawReply(
    [property: Id(0)] string Customer, [property: Id(1)] string Product, [property: Id(2)] string Price,
    [property: Id(3)] string Currency, [property: Id(4)] string Terms);

/// <summary>What both sides say.</summary>
internal static class Texts
{
    public const string Customer = "customer-000042";
    public const string Product = "steel-beam-heb-200";
    public const string Region = "europe-central-1";
    public const string Currency = "EUR";
    public const string Note = "delivery in week 42, unloading by crane at the site";
    public const string Price = "1234567.89";
    public const string Terms = "net 30 days, retention of title until paid";

    public static readonly byte[] QuoteJson = PayloadBytes();

    private static byte[] PayloadBytes() => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
        new Quote(Customer, Product, Region, Currency, Note), PayloadJson.Options);
}

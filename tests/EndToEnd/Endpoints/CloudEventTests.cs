using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Endpoints;

/// <summary>CloudEvents in, in each mode, and out.</summary>
public sealed class CloudEventTests(SiloProcess silo) : IDisposable
{
    private const string Structured = "application/cloudevents+json", Batch = "application/cloudevents-batch+json";
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly HttpCaller _http = new(silo);

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Event_InTheBody_ComesOutAsItWentIn()
    {
        const string Sent = """
            {"specversion":"1.0","id":"17","source":"https://shop.example/eu","type":"order.placed.v2","time":"2026-01-31T12:00:00Z","subject":"A1",
             "dataschema":"https://shop.example/order","datacontenttype":"application/json","partitionkey":"eu","sender":"client/forged","data":{ "sku":
             "A1" }}
            """;
        var told = await _http.PostAsync("/topics/ce%2Fstructured", Sent, Structured);
        Assert.Equal((200, "accepted"), (told.Status, told.Text("outcome")));
        Assert.Equal("duplicate", (await _http.PostAsync("/topics/ce%2Fstructured", Sent, Structured + "; charset=utf-8")).Text("outcome"));
        Assert.Equal("accepted", (await _http.PostAsync("/topics/ce%2Fstructured", Sent.Replace("/eu", "/us", StringComparison.Ordinal), Structured)).Text("outcome"));

        var read = (await ReadAsync("ce%2Fstructured", 2))[0];
        foreach (var (name, value) in ((string, string)[])[
            ("specversion", "1.0"), ("id", "17"), ("source", "https://shop.example/eu"), ("type", "order.placed.v2"), ("time", "2026-01-31T12:00:00Z"), ("subject", "A1"),
            ("dataschema", "https://shop.example/order"), ("datacontenttype", "application/json"), ("partitionkey", "eu"), ("sender", "client/shop"), ("topic", "ce/structured"),
            ("position", "1"), ("messageid", told.Text("id")!)])
        {
            Assert.Equal((name, value), (name, read.GetProperty(name).GetString()));
        }

        Assert.Equal("A1", read.GetProperty("data").GetProperty("sku").GetString());
    }

    [Fact]
    public async Task Event_InHeaders_IsTheSameAsInTheBody()
    {
        (string, string)[] headers = [("ce-specversion", "1.0"), ("ce-id", "a%20b"), ("ce-source", "/till/1"), ("ce-type", "order.placed"), ("ce-traceparent", Trace), ("ce-subject", "caf%C3%A9")];
        var told = await _http.PostAsync("/topics/ce%2Fbinary", """{"sku":"A1"}""", headers: headers);
        Assert.Equal((200, "accepted"), (told.Status, told.Text("outcome")));
        var again = await _http.PostAsync("/topics/ce%2Fbinary", """{"specversion":"1.0","id":"a b","source":"/till/1","type":"order.placed","data":{"sku":"A1"}}""", Structured);
        Assert.Equal(("duplicate", told.Text("id")), (again.Text("outcome"), again.Text("id")));
        var read = Assert.Single(await ReadAsync("ce%2Fbinary", 1));
        Assert.Equal(("café", Trace, "a b"), (read.GetProperty("subject").GetString(), read.GetProperty("traceparent").GetString(), read.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Batch_OfEvents_IsPublishedInOrder()
    {
        string[] ids = ["1", "2", "3"];
        var body = "[" + string.Join(',', ids.Select(id => $$$"""{"specversion":"1.0","id":"{{{id}}}","source":"/b","type":"order.placed","data":{"n":{{{id}}}}}""")) + "]";
        var told = await _http.PostAsync("/topics/ce%2Fbatch", body, Batch);
        Assert.Equal(["accepted", "accepted", "accepted"], told.Json.EnumerateArray().Select(r => r.GetProperty("outcome").GetString()));
        told = await _http.PostAsync("/topics/ce%2Fbatch", body, Batch);
        Assert.Equal(["duplicate", "duplicate", "duplicate"], told.Json.EnumerateArray().Select(r => r.GetProperty("outcome").GetString()));
        Assert.Equal([1, 2, 3], (await ReadAsync("ce%2Fbatch", 3)).Select(e => e.GetProperty("data").GetProperty("n").GetInt32()));
        Assert.Equal("[]", (await _http.PostAsync("/topics/ce%2Fbatch", "[]", Batch)).Body);
    }

    [Fact]
    public async Task Batch_WithAnEventThatIsRefused_StopsThereAndSaysWhatWasTaken()
    {
        const string Body = """
            [{"specversion":"1.0","id":"1","source":"/b","type":"order.placed","data":{}},
             {"specversion":"1.0","id":"2","source":"/b","type":"topic.nothing","data":{}},
             {"specversion":"1.0","id":"3","source":"/b","type":"order.placed","data":{}}]
            """;
        var problem = (await _http.PostAsync("/topics/ce%2Fpartly", Body, Batch)).AssertProblem(422, "unknown-contract");
        Assert.Equal(["accepted", "refused"], problem.Json.GetProperty("receipts").EnumerateArray().Select(r => r.GetProperty("outcome").GetString()));
        // One that cannot be read does nothing at all.
        (await _http.PostAsync("/topics/ce%2Fpartly", Body.Replace("topic.nothing", "Bad", StringComparison.Ordinal).Replace("\"1\"", "\"9\"", StringComparison.Ordinal), Batch)).AssertProblem(400, "bad-type");
        Assert.Single(await ReadAsync("ce%2Fpartly", 1));
    }

    [Theory]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/agents/client/other","type":"order.placed"}""", Structured, 403, "not-yours")]
    [InlineData("""{"specversion":"1.0","id":"1","type":"order.placed"}""", Structured, 400, "missing-field")]
    [InlineData("""{"specversion":"0.1","id":"1","source":"/x","type":"order.placed"}""", Structured, 400, "missing-field")]
    [InlineData("""{"specversion":"1.0","id":1,"source":"/x","type":"order.placed"}""", Structured, 400, "missing-field")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/x","type":"order.placed","time":"noon"}""", Structured, 400, "missing-field")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/x","type":"Order Placed"}""", Structured, 400, "bad-type")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/x","type":"order.placed","data":[1]}""", Structured, 400, "wrong-kind")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/x","type":"order.placed","data_base64":"AAAA"}""", Structured, 400, "malformed-json")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"/x","type":"order.placed","datacontenttype":"text/plain","data":"x"}""", Structured, 415, "unsupported-media-type")]
    [InlineData("{", Structured, 400, "malformed-json")]
    [InlineData("[{]", Batch, 400, "malformed-json")]
    [InlineData("{}", Batch, 400, "missing-field")]
    [InlineData("[1]", Batch, 400, "missing-field")]
    [InlineData("{}", "application/json", 415, "unsupported-media-type")]
    [InlineData("{}", "text/xml", 415, "unsupported-media-type")]
    public async Task Event_ThatIsNone_IsRefused(string body, string type, int status, string code) =>
        (await _http.PostAsync("/topics/ce%2Fbad", body, type)).AssertProblem(status, code);

    [Fact]
    public async Task Event_TooLarge_IsRefused()
    {
        var data = new string('x', 300_000);
        (await _http.PostAsync("/topics/ce%2Flarge", $$$"""{"specversion":"1.0","id":"1","source":"/x","type":"a.b","data":{"t":"{{{data}}}"}}""", Structured)).AssertProblem(413, "too-large");
        (await _http.PostAsync("/topics/ce%2Flarge", $$$"""[{"specversion":"1.0","id":"1","source":"/x","type":"a.b","data":{"t":"{{{data}}}"}}]""", Batch)).AssertProblem(413, "too-large");
        (await _http.PostAsync("/topics/ce%2Flarge", $$"""{"t":"{{data}}{{data}}"}""", headers: [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/x"), ("ce-type", "a.b")])).AssertProblem(413, "too-large");
    }

    private async Task<List<JsonElement>> ReadAsync(string topic, int count)
    {
        using var events = await _http.ReadAsync($"/topics/{topic}/events?from=beginning");
        var read = new List<JsonElement>();
        while (read.Count < count && await events.NextAsync() is { } one)
        {
            read.Add(one.Data);
        }

        return read;
    }
}

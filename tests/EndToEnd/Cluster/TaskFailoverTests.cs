using System.Text;
using System.Text.Json;
using OrleansAgents.Tests.Hosting;

namespace OrleansAgents.Tests.Cluster;

/// <summary>Tasks by A2A, where the silo that served them goes.</summary>
[Collection(ThreeSilos.Name)]
public sealed class TaskFailoverTests(ThreeSilos three)
{
    private const int Steps = 60;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_WhoseSiloWasKilled_GoesOnAtAnotherWithNothingMissing()
    {
        await three.ReadyAsync();
        var (text, last, task) = (new StringBuilder(), "", "");
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("A2A-Version", "1.0");
        using (var events = await OpenAsync(http, HttpMethod.Post, $"{three.Silos[0].Url}/a2a/worker/message:stream", $$$"""
            {"message":{"messageId":"{{{Guid.NewGuid()}}}","role":"ROLE_USER","parts":[{"data":{"steps":{{{Steps}}},"ms":50}}],"metadata":{"skill":"work.steps"} }}
            """))
        {
            while (text.Length < 12)
            {
                var (id, one) = (await NextAsync(events))!.Value;
                (last, task) = (id, one.TryGetProperty("task", out var begun) ? begun.GetProperty("id").GetString()! : task);
                Fold(text, one);
            }

            await three.Silos[0].KillAsync();
        }

        // By the ids of the events, which are the same at every silo.
        string? state = null;
        using (var events = await OpenAsync(http, HttpMethod.Get, $"{three.Silos[1].Url}/a2a/worker/tasks/{task}:subscribe", lastEvent: last))
        {
            while (await NextAsync(events) is var (_, one))
            {
                Fold(text, one);
                state = one.TryGetProperty("statusUpdate", out var update) ? update.GetProperty("status").GetProperty("state").GetString() : state;
            }
        }

        Assert.Equal("TASK_STATE_COMPLETED", state);
        Assert.Equal(string.Concat(Enumerable.Range(1, Steps).Select(i => $"{i} ")), text.ToString());
        await three.Silos[0].StartAgainAsync();
        await three.ReadyAsync();
    }

    /// <summary>What the artifact comes to: where the work began anew, what it writes takes the place of what was there.</summary>
    private static void Fold(StringBuilder text, JsonElement one)
    {
        if (!one.TryGetProperty("artifactUpdate", out var update))
        {
            return;
        }

        if (!update.TryGetProperty("append", out var append) || !append.GetBoolean())
        {
            text.Clear();
        }

        text.Append(update.GetProperty("artifact").GetProperty("parts")[0].GetProperty("text").GetString());
    }

    private static async Task<StreamReader> OpenAsync(HttpClient http, HttpMethod method, string url, string? body = null, string? lastEvent = null)
    {
        using var request = new HttpRequestMessage(method, url) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEvent);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.True(response.Content.Headers.ContentType?.MediaType == "text/event-stream", $"{response.StatusCode}");
        return new StreamReader(await response.Content.ReadAsStreamAsync(Token));
    }

    private static async Task<(string Id, JsonElement Event)?> NextAsync(StreamReader events)
    {
        var id = "";
        while (await events.ReadLineAsync(Token) is { } line)
        {
            id = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : id;
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return (id, JsonElement.Parse(line[6..]));
            }
        }

        return null;
    }
}

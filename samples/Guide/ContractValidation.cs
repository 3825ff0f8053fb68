using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Samples;

internal static class ContractValidation
{
    private static readonly (string Json, string[] Codes)[] Faulty =
    [
        ("{}", ["/sender missing-field", "/recipient missing-field", "/type missing-field", "/payload missing-field"]),
        ("""{"sender":"A","type":"Command!","payload":7}""", ["/type bad-type", "/payload wrong-kind", "/recipient missing-field"]),
        ("""{"sender":"A","recipient":"B","type":"command","payload":{},"version":0,"id":"7"}""", ["/version bad-version", "/id bad-id"]),
        ("""["sender","recipient","type","payload"]""", [" wrong-kind"]),
        ("""{"sender":"A",""", [" malformed-json"]),
    ];

    public static async Task PlayAsync(Stage stage)
    {
        await AcceptAsync(stage, """{"sender":"A","recipient":"B","type":"command","payload":{"task":"train"}}""");
        await AcceptAsync(stage, """{"sender":"A","recipient":"B","type":"command","payload":{}}""");
        foreach (var (json, codes) in Faulty)
        {
            var (_, problems) = Read(json);
            var found = problems?.Select(p => $"{p.Pointer} {p.Code}").ToArray() ?? [];
            Stage.Say($"{json} is refused: {string.Join(", ", found.Select(f => f.Trim()))}");
            Stage.Expect(found.SequenceEqual(codes, StringComparer.Ordinal), string.Join(", ", codes));
        }

        try
        {
            await stage.Agents.Agent("calculator/a").AskJsonAsync("compute", """{"x":"many"}"""u8.ToArray());
            throw new UnexpectedException("expected a payload that does not fit its contract to be refused.");
        }
        catch (AgentRefusedException e) when (e.Code == RefusalCodes.InvalidPayload)
        {
            Stage.Say($"a payload that does not fit its contract is refused: {e.Message}");
        }
    }

    private static async Task AcceptAsync(Stage stage, string json)
    {
        var (envelope, problems) = Read(json);
        Stage.Expect(envelope is not null, $"{json} to be valid; it was {string.Join(' ', problems?.Select(p => p.Message) ?? [])}");
        var reply = await stage.Agents.SendAsync(envelope!);
        Stage.Say($"{json} is valid, and {envelope!.Recipient}: {reply.Outcome}");
        Stage.Expect(reply.Outcome == Outcome.Accepted, "it to be accepted");
    }

    private static (Envelope? Envelope, IReadOnlyList<Problem>? Problems) Read(string json) =>
        EnvelopeJson.Read(Encoding.UTF8.GetBytes(json), new MessageLimits(), defaultKind: Worker.Kind);
}

using System.Text;
using CsCheck;
using OrleansAgents.Messaging;
using Xunit;
using static OrleansAgents.Tests.Messaging.EnvelopeText;

namespace OrleansAgents.Tests.Messaging;

public sealed class EnvelopePropertyTests
{
    private const int Seconds = 1;

    private static readonly string[] Seeds =
    [
        Guide, Full, With("headers", """{"a":"\u00e4\ud83d\ude00","\u0061b":""}"""), With("sender", "\"\\ud800\""), With("\\ud800", "1"),
        With("id", "\"" + Id + "\""), With("expiresAt", "\"2026-01-31T12:00:00Z\""),
    ];

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\ud800", "\\udc00", "\\u0000", "null", "1", "-", "e9", " ", "\n", "/", "\"id\"", "\"payload\"",
        "\"sender\"", "\"headers\"", "\"hops\"", "\"version\"", "\"echo/a\"", "\"type\"", "\"a.b\"", "ä", "😀", "\0", "\ufeff",
    ];

    private static readonly HashSet<string> Codes =
        [.. typeof(RefusalCodes).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!)];

    [Fact]
    public void Read_OfAnyBytes_ParsesOrRefuses() => Gen.Byte.Array[0, 200].Sample(Check, time: Seconds);

    [Fact]
    public void Read_OfJsonPieces_ParsesOrRefuses() =>
        Gen.Int[0, Pieces.Length - 1].Array[0, 40].Select(picks => Encoding.UTF8.GetBytes(string.Concat(picks.Select(p => Pieces[p]))))
            .Sample(Check, time: Seconds);

    [Fact]
    public void Read_OfMutatedMessages_ParsesOrRefuses() =>
        Gen.Select(Gen.Int[0, Seeds.Length - 1], Gen.Select(Gen.Int[0, 3], Gen.Int[0, 10_000], Gen.Byte).Array[0, 6])
            .Select((seed, edits) => Mutate(Encoding.UTF8.GetBytes(Seeds[seed]), edits))
            .Sample(Check, time: Seconds);

    [Fact]
    public void Read_OfAnyTexts_RoundTrips() =>
        Gen.Select(Gen.String[0, 40], Gen.String[0, 40], Gen.String[0, 40]).Sample(
            (name, value, payload) =>
            {
                var text = With("headers", $"{{{Quote(name)}:{Quote(value)}}}").Replace("\"payload\":{}", $"\"payload\":{{\"x\":{Quote(payload)}}}", StringComparison.Ordinal);
                Assert.Empty(Problems(text));
                Check(Encoding.UTF8.GetBytes(text));
            },
            time: Seconds);

    private static string Quote(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private static byte[] Mutate(byte[] bytes, (int Kind, int At, byte Value)[] edits)
    {
        var result = bytes.ToList();
        foreach (var (kind, at, value) in edits)
        {
            var index = at % (result.Count + 1);
            if (kind == 0)
            {
                result.Insert(index, value);
            }
            else if (kind == 1)
            {
                result.InsertRange(index, Encoding.UTF8.GetBytes(Pieces[value % Pieces.Length]));
            }
            else if (index < result.Count && kind == 2)
            {
                result.RemoveAt(index);
            }
            else if (index < result.Count)
            {
                result[index] ^= (byte)(1 << (value % 8));
            }
        }

        return [.. result];
    }

    private static void Check(byte[] bytes)
    {
        foreach (var defaultKind in (string?[])[null, "default"])
        {
            var (envelope, problems) = EnvelopeJson.Read(bytes, new(), defaultKind: defaultKind);
            if (envelope is null)
            {
                Assert.NotEmpty(problems!);
                Assert.All(problems!, problem => Assert.Contains(problem.Code, Codes));
                continue;
            }

            Assert.Null(problems);
            var (again, refused) = EnvelopeJson.Read(EnvelopeJson.ToBytes(envelope), new());
            Assert.Null(refused);
            Assert.Equal(Describe(envelope), Describe(again!));
        }
    }
}

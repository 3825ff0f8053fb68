using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using OrleansAgents.Security;
using Xunit;

namespace OrleansAgents.Tests.Security;

public sealed class CanonicalJsonPropertyTests
{
    private const int Seconds = 1;

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\"a\":", "\"b\":", "\"\\n\":", "\"\uffff\":", "\"😀\":", "1", "-", "0", ".", "5", "e", "+", "\\u00", "1f", "\\n",
        "\\", "true", "null", " ", "é",
    ];

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String[0, 12].Select(t => new string([.. t.Select(c => char.IsSurrogate(c) ? 'x' : c)])),
        Gen.Int[0, 11].Array[0, 8].Select(picks => string.Concat(picks.Select(p => new[] { "a", "b", "\n", "\u001f", "\"", "\\", "/", "é", "\ud800\udc00", "\uffff", "\u2028", "\u007f" }[p]))));

    private static readonly Gen<JsonNode?> Values = Gen.Recursive<JsonNode?>((depth, inner) => depth >= 4
        ? Leaves
        : Gen.Frequency(
            (2, Leaves),
            (1, inner.Array[0, 4].Select(items => (JsonNode?)new JsonArray([.. items.Select(i => i?.DeepClone())]))),
            (2, Gen.Select(Texts, inner).Array[0, 5].Select(members => (JsonNode?)new JsonObject(
                members.DistinctBy(m => m.Item1, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Item1, m.Item2?.DeepClone())))))));

    private static Gen<JsonNode?> Leaves => Gen.OneOf(
        Gen.Double.Where(double.IsFinite).Select(d => (JsonNode?)d),
        Gen.Long[-(1L << 53), 1L << 53].Select(l => (JsonNode?)l),
        Gen.Int[-99999, 99999].Select(i => (JsonNode?)(i / 1000m)),
        Gen.Bool.Select(b => (JsonNode?)b),
        Gen.Const((JsonNode?)null),
        Texts.Select(t => (JsonNode?)t));

    [Fact]
    public void Write_OfAnyValue_IsCanonicalAndKeepsTheValue() => Gen.Select(Values, Gen.Int, Gen.Bool).Sample(
        (value, seed, isEscaped) =>
        {
            var text = Disorder(value, new Random(seed), isEscaped ? JavaScriptEncoder.Default : JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
            var canonical = Canonical(Encoding.UTF8.GetBytes(text));
            Assert.True(CanonicalJson.IsCanonical(canonical), text);
            Assert.Equal(canonical, Canonical(canonical));
            Assert.True(IsSame(value, JsonNode.Parse(canonical)), text);
        },
        time: Seconds);

    [Fact]
    public void IsCanonical_OfAnyPieces_MeansThatWriteGivesThemBack() =>
        Gen.Int[0, Pieces.Length - 1].Array[0, 14].Select(picks => string.Concat(picks.Select(p => Pieces[p]))).Sample(Compare, time: Seconds);

    /// <summary>Behind a text of any length, so that each part comes to stand at any place of what is looked at at once.</summary>
    [Fact]
    public void IsCanonical_OfAnyValueAnywhere_AndWithAByteAltered_MeansThatWriteGivesItBack() =>
        Gen.Select(Values, Gen.Int[0, 140], Gen.Int, Gen.Byte).Sample(
            (value, length, place, other) =>
            {
                var canonical = Encoding.UTF8.GetString(Canonical(Encoding.UTF8.GetBytes(value?.ToJsonString() ?? "null")));
                var bytes = Encoding.UTF8.GetBytes($$"""["{{new string('x', length)}}",{{canonical}},{"a":{{canonical}},"b\n":"\\"}]""");
                Assert.True(CanonicalJson.IsCanonical(bytes));
                bytes[(uint)place % bytes.Length] = other;
                Compare(bytes);
            },
            time: Seconds);

    [Fact]
    public void IsCanonical_OfAnyNumber_MeansThatWriteGivesItBack() =>
        Gen.Int[0, 13].Array[1, 24].Select(picks => string.Concat(picks.Select(p => "0123456789-.e+"[p]))).Sample(Compare, time: Seconds);

    [Fact]
    public void Write_OfAnyDouble_PrintsWhatReadsAsTheSame() => Gen.Double.Where(double.IsFinite).Sample(
        value =>
        {
            var printed = Canonical(Encoding.UTF8.GetBytes(value.ToString("R", CultureInfo.InvariantCulture)));
            Assert.Equal(value, double.Parse(printed, CultureInfo.InvariantCulture));
            Assert.True(CanonicalJson.IsCanonical(printed));
        },
        time: Seconds);

    private static void Compare(string text) => Compare(Encoding.UTF8.GetBytes(text));

    private static void Compare(byte[] bytes)
    {
        byte[]? canonical = null;
        try
        {
            canonical = Canonical(bytes);
        }
        catch (CanonicalJsonException)
        {
        }

        Assert.Equal(canonical is not null && bytes.AsSpan().SequenceEqual(canonical), CanonicalJson.IsCanonical(bytes));
    }

    private static byte[] Canonical(ReadOnlySpan<byte> json)
    {
        // The way without the short cut for what is canonical, which is the one in question.
        using var writer = new CanonicalJsonWriter(16);
        return writer.Write(json).ToArray();
    }

    private static string Disorder(JsonNode? value, Random random, JavaScriptEncoder encoder)
    {
        string Space() => random.Next(3) == 0 ? " \n\t\r"[random.Next(4)].ToString() : "";
        return Space() + (value switch
        {
            JsonObject o => "{" + string.Join(Space() + ",", o.ToArray().OrderBy(_ => random.Next()).Select(m =>
                $"{Space()}\"{encoder.Encode(m.Key)}\"{Space()}:{Disorder(m.Value, random, encoder)}")) + Space() + "}",
            JsonArray a => "[" + string.Join(",", a.Select(i => Disorder(i, random, encoder))) + Space() + "]",
            null => "null",
            _ => value.ToJsonString(new JsonSerializerOptions { Encoder = encoder }),
        }) + Space();
    }

    private static bool IsSame(JsonNode? one, JsonNode? other) => (one, other) switch
    {
        (null, null) => true,
        (JsonObject a, JsonObject b) => a.Count == b.Count && a.All(m => b.ContainsKey(m.Key) && IsSame(m.Value, b[m.Key])),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(p => IsSame(p.First, p.Second)),
        (JsonValue a, JsonValue b) when a.GetValueKind() == JsonValueKind.Number => double.Parse(a.ToJsonString(), CultureInfo.InvariantCulture) == b.GetValue<double>(),
        (JsonValue a, JsonValue b) => a.GetValueKind() == b.GetValueKind() && (a.GetValueKind() != JsonValueKind.String || a.GetValue<string>() == b.GetValue<string>()),
        _ => false,
    };
}

using System.Text;

namespace OrleansAgents.Tests.Input;

/// <summary>Makes new inputs of the corpus. The same seed and number give the same input.</summary>
internal sealed class Mutator(int seed, string target)
{
    private const int MostBytes = 64 * 1024;

    private static readonly byte[][] Tokens = [.. new[]
    {
        "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "-", "e9", "\n", "\r", "\r\n", "/", "*", "#", "\0", "\u001b[2J", "\\u001b", "\\ud800", "\\udc00",
        "\u202e", "\u200b", "\u3164", "\ufeff", "e\u0301", "\U0001F600", "\"id\":", "\"payload\":", "\"sender\":", "\"headers\":", "\"hops\":", "\"signature\":{",
        "\"encryption\":{", "\"sealed\":\"", "\"version\":", "\"type\":", "\"keyId\":", "\"count\":", "\"contracts\":", "\"sequence\":", "echo/a", "orders/**", "2026-01-31T12:00:00Z",
    }.Select(Encoding.UTF8.GetBytes)];

    private static readonly string[] Numbers =
    [
        "0", "-0", "-1", "1.0", "1e400", "-1e-400", "2147483648", "9007199254740993", "9223372036854775808", "0.1e99999999999", new string('9', 400),
    ];

    private static readonly int[] Lengths = [0, 1, -1, 127, 128, 255, 256, int.MaxValue, int.MinValue, 1 << 24];

    /// <summary>The input of a number, and the file that it began as.</summary>
    public (string From, byte[] Bytes) Make(int number)
    {
        var random = new Random(HashOf($"{seed} {target} {number}"));
        var (name, bytes) = Corpus.Files[random.Next(Corpus.Files.Count)];
        var result = bytes.ToList();
        for (var left = random.Next(1, 5); left > 0; left--)
        {
            Change(result, random);
        }

        return (name, [.. result.Take(MostBytes)]);
    }

    private static void Change(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, 40), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0 when length > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 3:
                var again = bytes.GetRange(at, length);
                bytes.InsertRange(at, Enumerable.Repeat(again, random.Next(1, 30)).SelectMany(b => b));
                break;
            case 4:
                var other = Corpus.Files[random.Next(Corpus.Files.Count)].Bytes;
                var from = random.Next(other.Length + 1);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, random.Next(200))).ToArray());
                break;
            case 5:
                bytes.RemoveRange(at, Math.Min(4, bytes.Count - at));
                bytes.InsertRange(at, BitConverter.GetBytes(Lengths[random.Next(Lengths.Length)]));
                break;
            case 6:
                SwapNumber(bytes, random);
                break;
            default:
                bytes.RemoveRange(at, random.Next(2) * Math.Min(3, bytes.Count - at));
                bytes.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                break;
        }
    }

    private static void SwapNumber(List<byte> bytes, Random random)
    {
        var at = bytes.FindIndex(random.Next(bytes.Count + 1), b => b is >= (byte)'0' and <= (byte)'9');
        if (at < 0)
        {
            return;
        }

        var end = bytes.FindIndex(at, b => b is not (>= (byte)'0' and <= (byte)'9'));
        bytes.RemoveRange(at, (end < 0 ? bytes.Count : end) - at);
        bytes.InsertRange(at, Encoding.ASCII.GetBytes(Numbers[random.Next(Numbers.Length)]));
    }

    // The hash code of a text is another in each process.
    private static int HashOf(string text) => BitConverter.ToInt32(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

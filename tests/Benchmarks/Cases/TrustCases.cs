using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using OrleansAgents.Tests.Measuring;

namespace OrleansAgents.Tests.Cases;

/// <summary>What signatures, seals and rules cost, beside the bare algorithms over the same bytes.</summary>
internal static class TrustCases
{
    private const string Secret = "a secret of the benchmark, 32 bytes and more";

    // The sizes of payloads: of a small message, of a usual one, and of a large one.
    private static readonly int[] Sizes = [100, 500, 4000];

    public static async IAsyncEnumerable<Row> RunAsync(BenchmarkOptions options)
    {
        var run = new PairedRun(options);
        foreach (var size in Sizes)
        {
            foreach (var row in await SignAsync(run, size))
            {
                yield return row;
            }
        }
    }

    private static async Task<IReadOnlyList<Row>> SignAsync(PairedRun run, int size)
    {
        var signer = CreateSigner();
        var message = Envelope.CreateJson("client/bench", "pricer/eu", "quote.request", CreatePayload(size));
        var signed = signer.Sign(message);
        var form = SignedForm.Rent();
        form.Write(signed, signed.Recipient, signed.Extras!.Signature!.KeyId, signed.Extras.SentAt);
        var bytes = form.Bytes.ToArray();
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(Secret));
        var hash = new byte[32];
        void Bare()
        {
            hmac.AppendData(bytes);
            hmac.GetHashAndReset(hash);
        }

        var both = await run.RunAsync(
            $"sign and verify, {bytes.Length} B signed",
            new Loop(() => Expect(signer.FindFault(signer.Sign(message), message.Recipient))),
            new Loop(() =>
            {
                Bare();
                Bare();
            }));
        var verify = await run.RunAsync(
            $"verify, {bytes.Length} B signed", new Loop(() => Expect(signer.FindFault(signed, signed.Recipient))), new Loop(Bare));
        return [.. both, .. verify];
    }

    private static void Expect(string? fault)
    {
        if (fault is not null)
        {
            throw new InvalidOperationException($"The signature does not hold: {fault}.");
        }
    }

    private static MessageSigner CreateSigner()
    {
        var options = new KeyRingOptions();
        options.Keys.Add(new SigningKey { Id = "bench-2026", Identity = "client/*", Secret = Secret });
        return new MessageSigner(new KeyRing(new Fixed<KeyRingOptions>(options), TimeProvider.System, NullLogger<KeyRing>.Instance), TimeProvider.System);
    }

    private static byte[] CreatePayload(int size)
    {
        var text = new StringBuilder("{\"lines\":[");
        for (var i = 0; text.Length < size - 40; i++)
        {
            text.Append(i == 0 ? "" : ",").Append("{\"amount\":").Append(i).Append(",\"sku\":\"part-").Append(i).Append("\"}");
        }

        return Encoding.UTF8.GetBytes(text.Append("],\"note\":\"as agreed\"}").ToString());
    }

    private sealed class Fixed<T>(T value) : IOptionsMonitor<T>
    {
        public T CurrentValue => value;

        public T Get(string? name) => value;

        public IDisposable? OnChange(Action<T, string?> listener) => null;
    }
}

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
            foreach (var row in (IReadOnlyList<Row>)[.. await SignAsync(run, size), .. await SealAsync(run, size)])
            {
                yield return row;
            }
        }

        foreach (var row in await DecideAsync(run))
        {
            yield return row;
        }

        await foreach (var row in TrustedAsks.RunAsync(options))
        {
            yield return row;
        }
    }

    private static async Task<IReadOnlyList<Row>> SealAsync(PairedRun run, int size)
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        using var cipher = CreateCipher(secret);
        var payload = CreatePayload(size);
        var message = Envelope.CreateJson("client/bench", "pricer/eu", "quote.request", payload);
        using var bare = new AesGcm(secret, tagSizeInBytes: 16);
        byte[] nonce = new byte[12], tag = new byte[16], sealedBytes = new byte[payload.Length], opened = new byte[payload.Length];
        byte[] bound = Encoding.UTF8.GetBytes("quote.request\n1\nclient/bench\nbench-2026");
        return await run.RunAsync(
            $"seal and open, {payload.Length} B",
            new Loop(() => cipher.Open(cipher.Seal(message))),
            new Loop(() =>
            {
                nonce[0]++;
                bare.Encrypt(nonce, payload, sealedBytes, tag, bound);
                bare.Decrypt(nonce, sealedBytes, tag, opened, bound);
            }));
    }

    /// <summary>A thousand rules, and a hundred thousand, beside ten.</summary>
    private static async Task<IReadOnlyList<Row>> DecideAsync(PairedRun run)
    {
        var few = CreatePolicy(10);
        var request = new AccessRequest(AccessAction.Send, "client/till-7", "order.place", "shop/7");
        Loop Decide(AccessPolicy policy) => new(() =>
        {
            if (!policy.Decide(request, isAgent: false).IsAllowed)
            {
                throw new InvalidOperationException("The rule does not allow what it says.");
            }
        });
        return
        [
            .. await run.RunAsync("decide by 1,000 rules vs 10", Decide(CreatePolicy(1_000)), Decide(few)),
            .. await run.RunAsync("decide by 100,000 rules vs 10", Decide(CreatePolicy(100_000)), Decide(few)),
        ];
    }

    private static AccessPolicy CreatePolicy(int rules)
    {
        var options = new AccessOptions();
        AddRules(options, rules);
        return new AccessPolicy(options);
    }

    /// <summary>Rules of two shapes, and of as many senders, contracts and recipients.</summary>
    public static void AddRules(AccessOptions options, int rules)
    {
        for (var i = 0; i < rules; i++)
        {
            options.Rules.Add(i % 2 == 0
                ? new AccessRule { From = $"client/stock-{i}", Send = $"stock.c{i}", To = $"store/{i}" }
                : new AccessRule { From = $"client/till-{i}", Send = "order.*", To = $"shop/{i}" });
        }
    }

    private static PayloadCipher CreateCipher(byte[] secret)
    {
        var options = new EncryptionOptions();
        options.Groups.Add(CreateGroup("pricer/*", secret));
        return new PayloadCipher(new Fixed<EncryptionOptions>(options), TimeProvider.System, NullLogger<PayloadCipher>.Instance);
    }

    public static KeyGroup CreateGroup(string recipients, byte[] secret)
    {
        var group = new KeyGroup { Name = "bench" };
        group.Recipients.Add(recipients);
        group.Keys.Add(new SecretKey { Id = "bench-2026", Secret = Convert.ToBase64String(secret) });
        return group;
    }

    private static async Task<IReadOnlyList<Row>> SignAsync(PairedRun run, int size)
    {
        var signer = CreateSigner();
        var message = Envelope.CreateJson("client/bench", "pricer/eu", "quote.request", CreatePayload(size));
        var signed = signer.Sign(message);
        // Its JSON is needed for the wire, signed or not, so that writing it is no part of the price.
        var order = Envelope.Create("client/bench", "pricer/eu", CreateOrder(size));
        _ = order.PayloadJson;
        var form = SignedForm.Rent();
        form.Write(signed, signed.Recipient, new HashKey(CreateKey()), signed.Extras!.SentAt, signed.PayloadJson.Span);
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
        var record = await run.RunAsync(
            $"sign and verify a record, {bytes.Length} B signed",
            new Loop(() => Expect(signer.FindFault(signer.Sign(order), order.Recipient))),
            new Loop(() =>
            {
                Bare();
                Bare();
            }));
        var verify = await run.RunAsync(
            $"verify, {bytes.Length} B signed", new Loop(() => Expect(signer.FindFault(signed, signed.Recipient))), new Loop(Bare));
        return [.. both, .. record, .. verify];
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
        options.Keys.Add(CreateKey());
        return new MessageSigner(new KeyRing(new Fixed<KeyRingOptions>(options), TimeProvider.System, NullLogger<KeyRing>.Instance), TimeProvider.System);
    }

    private static SigningKey CreateKey() => new() { Id = "bench-2026", Identity = "client/*", Secret = Secret };

    private static byte[] CreatePayload(int size)
    {
        var text = new StringBuilder("{\"lines\":[");
        for (var i = 0; text.Length < size - 40; i++)
        {
            text.Append(i == 0 ? "" : ",").Append("{\"amount\":").Append(i).Append(",\"sku\":\"part-").Append(i).Append("\"}");
        }

        return Encoding.UTF8.GetBytes(text.Append("],\"note\":\"as agreed\"}").ToString());
    }

    private static BenchOrder CreateOrder(int size)
    {
        var payload = System.Text.Json.JsonDocument.Parse(CreatePayload(size));
        return new BenchOrder(
            [.. payload.RootElement.GetProperty("lines").EnumerateArray().Select(l => new BenchLine(l.GetProperty("amount").GetInt32(), l.GetProperty("sku").GetString()!))],
            "as agreed");
    }

    private sealed class Fixed<T>(T value) : IOptionsMonitor<T>
    {
        public T CurrentValue => value;

        public T Get(string? name) => value;

        public IDisposable? OnChange(Action<T, string?> listener) => null;
    }
}

[Contract("bench.order")]
internal sealed record BenchOrder(IReadOnlyList<BenchLine> Lines, string Note);

internal sealed record BenchLine(int Amount, string Sku);

using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Tests.Security;

/// <summary>Ciphers and messages of the tests.</summary>
internal static class Ciphers
{
    public const string Vector = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    public static string Secret(byte fill) => Convert.ToBase64String(Enumerable.Repeat(fill, 32).ToArray());

    public static SecretKey Key(string id, byte fill, bool use = true) => new() { Id = id, Secret = Secret(fill), Use = use };

    public static KeyGroup Group(string name, string recipients, params SecretKey[] keys)
    {
        var group = new KeyGroup { Name = name };
        foreach (var recipient in recipients.Split(','))
        {
            group.Recipients.Add(recipient);
        }

        foreach (var key in keys)
        {
            group.Keys.Add(key);
        }

        return group;
    }

    public static EncryptionOptions Options(params KeyGroup[] groups)
    {
        var options = new EncryptionOptions();
        foreach (var group in groups)
        {
            options.Groups.Add(group);
        }

        return options;
    }

    public static PayloadCipher Of(params KeyGroup[] groups) => Of(new ChangingOptions(Options(groups)));

    public static PayloadCipher Of(ChangingOptions options, ILogger<PayloadCipher>? logger = null) =>
        new(options, TimeProvider.System, logger ?? NullLogger<PayloadCipher>.Instance);

    public static Envelope Message(string recipient = "pricer/eu", string payload = """{"sku":"A1"}""", string type = "quote.request", int version = 1, string sender = "client/demo") =>
        Envelope.CreateJson(AgentId.Parse(sender), AgentId.Parse(recipient), type, Encoding.UTF8.GetBytes(payload), version);

    public static string Text(Envelope message) => Encoding.UTF8.GetString(message.PayloadJson.Span);
}

/// <summary>Options that a test changes.</summary>
internal sealed class ChangingOptions(EncryptionOptions first) : IOptionsMonitor<EncryptionOptions>, IDisposable
{
    private Action<EncryptionOptions, string?>? _listener;

    public EncryptionOptions CurrentValue { get; private set; } = first;

    public EncryptionOptions Get(string? name) => CurrentValue;

    public void Change(EncryptionOptions options)
    {
        CurrentValue = options;
        _listener?.Invoke(options, null);
    }

    public IDisposable OnChange(Action<EncryptionOptions, string?> listener)
    {
        _listener += listener;
        return this;
    }

    public void Dispose()
    {
    }
}

using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Routing;

/// <summary>A message as rules look at it: its payload is read once, and only when a rule asks for a field.</summary>
internal sealed class RoutedMessage(Envelope envelope) : IDisposable
{
    private JsonDocument? _payload;
    private bool _isRead;

    public Envelope Envelope { get; } = envelope;

    public string? FindHeader(string name) =>
        Envelope.Extras?.Headers is { } headers && headers.TryGetValue(name, out var value) ? value : null;

    /// <summary>A field of the payload; null where it has none, or is sealed, or is no JSON.</summary>
    public JsonElement? FindField(string[] pointer) => Read() is { } payload ? JsonPointer.Find(payload.RootElement, pointer) : null;

    public void Dispose() => _payload?.Dispose();

    private JsonDocument? Read()
    {
        if (_isRead)
        {
            return _payload;
        }

        _isRead = true;
        if (Envelope.Extras?.Encryption is null)
        {
            try
            {
                _payload = JsonDocument.Parse(Envelope.PayloadJson, new JsonDocumentOptions { MaxDepth = MessageLimits.Kept.Depth });
            }
            catch (JsonException)
            {
                // Its recipient says what is wrong with it.
            }
        }

        return _payload;
    }
}

using System.Text;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;

namespace OrleansAgents.Tests.Storage;

/// <summary>Small commits and what they hold.</summary>
internal static class TestCommits
{
    public static readonly AgentId Pricer = new("pricer", "eu");

    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static ReadOnlyMemory<byte> Json(string text) => Encoding.UTF8.GetBytes(text);

    public static string? Text(ReadOnlyMemory<byte>? json) => json is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

    public static AgentCommit State(long etag, string state) => new() { Etag = etag, State = Json(state) };

    public static Envelope Message(string payload = "{}") =>
        Envelope.CreateJson("pricer/eu", "echo/b", "test.sent", Json(payload), 3);

    public static OutgoingMessage Outgoing(Envelope envelope, int attempts = 0) =>
        new(envelope, Start) { DueAt = Start.AddSeconds(attempts), Attempts = attempts };

    public static HandledMessage Handled(MessageId id, DateTimeOffset at, string? reply = null) =>
        new(id, at, reply is null ? default(ReadOnlyMemory<byte>?) : Json(reply));

    public static TopicEvent Event(long position, DateTimeOffset? at = null, string payload = "{}") =>
        new(position, at ?? Start.AddSeconds(position), Message(payload));

    public static AgentCommit Events(long etag, params TopicEvent[] events) => new() { Etag = etag, Events = events };
}

using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Orleans.Providers.Streams.Common;
using Orleans.Runtime;
using Orleans.Streams;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Topics;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Topics;

/// <summary>An event as a stream consumer saw it.</summary>
public sealed record StreamedNote(long Position, string Text)
{
    public static StreamedNote Read(Envelope item, StreamSequenceToken? token) => new(
        token!.SequenceNumber, JsonDocument.Parse(item.PayloadJson).RootElement.TryGetProperty("text", out var text) ? text.GetString()! : "");
}

[Alias("tests.IStreamReader")]
internal interface IStreamReader : IGrainWithStringKey;

/// <summary>A plain grain: reads the topic of its key, because it says so.</summary>
[ImplicitStreamSubscription(TopicStream.Name)]
internal sealed class StreamReaderGrain : Grain, IStreamReader
{
    private static readonly ConcurrentDictionary<string, Channel<StreamedNote>> Seen = new(StringComparer.Ordinal);

    /// <summary>The position behind which the reader of a topic resumes, as if it had stored it.</summary>
    public static ConcurrentDictionary<string, long> Resume { get; } = new(StringComparer.Ordinal);

    public static ChannelReader<StreamedNote> Read(string topic) => Of(topic).Reader;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var topic = this.GetPrimaryKeyString();
        var stream = this.GetStreamProvider(TopicStream.Name).GetStream<Envelope>(StreamId.Create(TopicStream.Name, topic));
        if (Resume.TryGetValue(topic, out var position))
        {
            await stream.SubscribeAsync(ReadAsync, new EventSequenceTokenV2(position));
        }
        else
        {
            await stream.SubscribeAsync(ReadAsync);
        }
    }

    private async Task ReadAsync(Envelope item, StreamSequenceToken? token)
    {
        var topic = this.GetPrimaryKeyString();
        var note = StreamedNote.Read(item, token);
        if (note.Text == "wait")
        {
            await Gates.Open(topic).Task;
        }

        if (note.Text == "fail")
        {
            throw new InvalidOperationException("It was told to fail.");
        }

        Of(topic).Writer.TryWrite(note);
    }

    private static Channel<StreamedNote> Of(string topic) => Seen.GetOrAdd(topic, static _ => Channel.CreateUnbounded<StreamedNote>());
}

[Alias("tests.IStreamWriter")]
internal interface IStreamWriter : IGrainWithStringKey
{
    /// <summary>Publishes through the stream of the topic of its key; answers the code of the refusal.</summary>
    [Alias("Write")]
    Task<string?> WriteAsync(Envelope[] events);
}

internal sealed class StreamWriterGrain : Grain, IStreamWriter
{
    public async Task<string?> WriteAsync(Envelope[] events)
    {
        try
        {
            await this.GetStreamProvider(TopicStream.Name).GetStream<Envelope>(StreamId.Create(TopicStream.Name, this.GetPrimaryKeyString()))
                .OnNextBatchAsync(events);
            return null;
        }
        catch (AgentRefusedException e)
        {
            return e.Code;
        }
    }
}

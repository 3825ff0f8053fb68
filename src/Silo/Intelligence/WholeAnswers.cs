using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace OrleansAgents.Intelligence;

/// <summary>
/// Tells a streamed answer that is whole from one whose connection somebody on the way closed in good order: only the whole
/// one says why it ends.
/// </summary>
internal sealed class WholeAnswers(IChatClient inner) : DelegatingChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var isWhole = false;
        await foreach (var update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            isWhole |= update.FinishReason is not null;
            yield return update;
        }

        if (!isWhole)
        {
            throw new ModelException(ModelCodes.Broken, "The answer ended without its end.") { IsTransient = true };
        }
    }
}

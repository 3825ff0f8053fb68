using Microsoft.Extensions.AI;

namespace OrleansAgents.Intelligence;

/// <summary>A model as its users get it: the one that all share, which none of them may close.</summary>
internal sealed class SharedChatClient(IChatClient shared) : DelegatingChatClient(shared)
{
    protected override void Dispose(bool disposing)
    {
        // The catalogue closes it, at the end of the silo.
    }
}

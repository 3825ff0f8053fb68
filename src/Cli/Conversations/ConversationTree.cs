using OrleansAgents.Topics;

namespace OrleansAgents.Conversations;

/// <summary>
/// The messages of a conversation by their causes: under each message what its turn sent. Those whose cause is not among
/// them are roots. What senders say of causes need not be true: a circle is cut at its earliest message, and no message is
/// lost.
/// </summary>
internal sealed class ConversationTree
{
    private ConversationTree(IReadOnlyList<ConversationNode> roots) => Roots = roots;

    /// <summary>The messages that no message of the conversation caused, the earliest first.</summary>
    public IReadOnlyList<ConversationNode> Roots { get; }

    public static ConversationTree Of(IEnumerable<ConversationNote> notes)
    {
        var nodes = notes.Select(n => new ConversationNode(n)).ToList();
        nodes.Sort((a, b) => a.IsBefore(b) ? -1 : b.IsBefore(a) ? 1 : 0);
        var byMessage = nodes.ToLookup(n => n.Said.Message);
        foreach (var node in nodes)
        {
            node.Parent = FindParent(node, byMessage);
        }

        CutCircles(nodes);
        foreach (var node in nodes)
        {
            node.Parent?.Children.Add(node);
        }

        var tree = new ConversationTree([.. nodes.Where(n => n.Parent is null)]);
        foreach (var node in tree.InTimeOrder())
        {
            node.Depth = node.Parent is { } parent ? parent.Depth + 1 : 0;
        }

        return tree;
    }

    /// <summary>By time, but none before its cause, whatever the clocks say: in this order they can be sent again.</summary>
    public IEnumerable<ConversationNode> InTimeOrder()
    {
        var ready = new PriorityQueue<ConversationNode, (DateTimeOffset, long)>();
        Enqueue(Roots);
        while (ready.TryDequeue(out var node, out _))
        {
            yield return node;
            Enqueue(node.Children);
        }

        void Enqueue(IEnumerable<ConversationNode> nodes)
        {
            foreach (var node in nodes)
            {
                ready.Enqueue(node, (node.Said.At, node.Note.Sequence));
            }
        }
    }

    private static ConversationNode? FindParent(ConversationNode node, ILookup<Guid, ConversationNode> byMessage)
    {
        // An event has one id at its topic and at all who are told it.
        if (!IsTopic(node.Said.Recipient) && byMessage[node.Said.Message].FirstOrDefault(n => IsTopic(n.Said.Recipient)) is { } published)
        {
            return published;
        }

        if (node.Said.Causation is not { } cause)
        {
            return null;
        }

        // Of several that handled the cause it is the one that sent this. A message passed on keeps its first sender.
        var handled = byMessage[cause].Where(n => n != node).ToList();
        return handled.Find(n => n.Said.Recipient == node.Said.Sender) ?? handled.FirstOrDefault();
    }

    private static bool IsTopic(string recipient) => recipient.StartsWith(TopicId.AgentKind + "/", StringComparison.Ordinal);

    private static void CutCircles(IReadOnlyList<ConversationNode> nodes)
    {
        var settled = new HashSet<ConversationNode>();
        var path = new HashSet<ConversationNode>();
        foreach (var start in nodes)
        {
            path.Clear();
            var node = start;
            while (node is not null && !settled.Contains(node) && path.Add(node))
            {
                node = node.Parent;
            }

            if (node is not null && path.Contains(node))
            {
                FindEarliest(node).Parent = null;
            }

            settled.UnionWith(path);
        }
    }

    private static ConversationNode FindEarliest(ConversationNode circle)
    {
        var earliest = circle;
        for (var node = circle.Parent!; node != circle; node = node.Parent!)
        {
            earliest = node.IsBefore(earliest) ? node : earliest;
        }

        return earliest;
    }
}

using System.Text.Json;

namespace OrleansAgents.Blackboard;

/// <summary>What became of a change that came to a <see cref="BlackboardView"/>.</summary>
public enum BlackboardStep
{
    /// <summary>The view is at the change's version now.</summary>
    Applied,
    /// <summary>The view was there already, or further; nothing changed.</summary>
    Duplicate,
    /// <summary>Changes between are missing, or this is none of the same board; nothing changed. Read the board, or its history, and go on from there.</summary>
    Gap,
}

/// <summary>
/// A copy of a board that follows it by its changes. An agent may have it in its state, subscribe to the board's topic and
/// hand it each <see cref="BlackboardDiff"/> that comes. Not thread-safe.
/// </summary>
public sealed class BlackboardView
{
    /// <summary>The version that the view is at. 0, with an empty document, unless told: where every board begins.</summary>
    public long Version { get; set; }

    /// <summary>The document at that version.</summary>
    public JsonElement Document { get; set; } = Empty;

    internal static JsonElement Empty { get; } = JsonElement.Parse("{}");

    /// <summary>Applies a change that is based on the view's version, and tells what became of it.</summary>
    public BlackboardStep Apply(BlackboardDiff diff)
    {
        ArgumentNullException.ThrowIfNull(diff);
        if (diff.Version <= Version)
        {
            return BlackboardStep.Duplicate;
        }

        if (diff.Base != Version)
        {
            return BlackboardStep.Gap;
        }

        try
        {
            Document = JsonPatch.Apply(Document, diff.Patch, JsonPatchLimits.None);
        }
        catch (JsonPatchException)
        {
            // It was made from another document: of another board, or of this one before somebody set it back.
            return BlackboardStep.Gap;
        }

        Version = diff.Version;
        return BlackboardStep.Applied;
    }

    /// <summary>Takes the board as it was read, whatever the view was at before.</summary>
    public void Reset(BlackboardContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        (Version, Document) = (content.Version, content.Document);
    }
}

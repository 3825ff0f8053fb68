using System.Text;

namespace OrleansAgents.Runs;

/// <summary>An artifact as it grows. Plain texts that follow one another are one.</summary>
internal sealed class GrowingArtifact
{
    private readonly List<Part> _parts = [];
    private StringBuilder? _text;
    private string? _name, _description;
    private bool _isLast;

    /// <summary>Puts a piece behind what is there.</summary>
    public void Add(Artifact piece)
    {
        (_name, _description, _isLast) = (piece.Name ?? _name, piece.Description ?? _description, piece.Last);
        foreach (var part in piece.Parts)
        {
            if (part is { Text: { } text, FileName: null, MediaType: null, Metadata: null })
            {
                (_text ??= new()).Append(text);
            }
            else
            {
                EndText();
                _parts.Add(part);
            }
        }
    }

    /// <summary>What it has become.</summary>
    public Artifact ToArtifact(string id) =>
        new(id, _text is null ? [.. _parts] : [.. _parts, Part.Of(_text.ToString())], _name, _description, Append: false, _isLast);

    private void EndText()
    {
        if (_text is not null)
        {
            _parts.Add(Part.Of(_text.ToString()));
            _text = null;
        }
    }
}

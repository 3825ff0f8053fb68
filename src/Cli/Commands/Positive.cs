using System.CommandLine.Parsing;

namespace OrleansAgents.Commands;

/// <summary>Counts are 1 or more.</summary>
internal static class Positive
{
    public static void Check(OptionResult result)
    {
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var number) && number < 1)
        {
            result.AddError($"{result.Option.Name} is 1 or more.");
        }
    }
}

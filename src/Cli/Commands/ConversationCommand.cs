using System.CommandLine;
using OrleansAgents.Conversations;
using OrleansAgents.Messaging;
using OrleansAgents.Output;

namespace OrleansAgents.Commands;

internal static class ConversationCommand
{
    private const int UnwatchedWidth = 160;

    public static Command Create(GlobalOptions global)
    {
        var id = new Argument<string>("ID") { Description = "The conversation's id." };
        var replay = new Option<bool>("--replay") { Description = "Write only the messages that no other of the conversation caused, one JSON envelope a line, for send." };
        var newIds = new Option<bool>("--new-ids") { Description = "With --replay or --json: envelopes under new ids, so that they are handled anew." };
        var into = new Option<string?>("--into") { Description = "With --replay or --json: the conversation that the envelopes belong to.", HelpName = "id" };
        var width = new Option<int>("--width") { Description = "How long a line may be, in characters; unless told, as wide as the terminal.", DefaultValueFactory = _ => FindWidth() };
        width.Validators.Add(Positive.Check);
        var command = new Command("conversation", "Shows who said what to whom in a conversation, each message under the one that caused it.") { id, replay, newIds, into, width };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(newIds) || result.GetValue(into) is not null) && !result.GetValue(replay) && !global.IsJson(result))
            {
                result.AddError("--new-ids and --into change envelopes; give --replay or --json, which write them.");
            }
        });
        command.SetAction((parse, cancellationToken) => ConversationsCommand.RunAsync(parse, global, cancellationToken, async (session, silo, cancel) =>
        {
            if (await ConversationPages.ReadAsync(silo.Client, parse.GetValue(id)!, cancel) is not { } conversation)
            {
                return session.Refuse(null, new Refusal("conversation.unknown", $"There is no conversation {parse.GetValue(id)}, or it is forgotten."));
            }

            var tree = ConversationTree.Of(conversation.Notes);
            var envelopes = new ConversationReplay(tree, parse.GetValue(newIds), parse.GetValue(into));
            var isWhole = Write(session.Output, tree, envelopes, parse.GetValue(replay), () => new ConversationText(session.Output, silo.Cipher, parse.GetValue(width)));
            if (conversation.Missing > 0)
            {
                session.Output.Error($"{conversation.Missing} messages are missing: they came when as many were kept as may be.");
            }

            return isWhole ? ExitCodes.Success : ExitCodes.Refused;
        }));
        return command;
    }

    /// <returns>False when a message that was to be written cannot be sent again.</returns>
    private static bool Write(CommandOutput output, ConversationTree tree, ConversationReplay envelopes, bool isReplay, Func<ConversationText> forPeople)
    {
        var isWhole = true;
        if (isReplay)
        {
            foreach (var root in tree.Roots)
            {
                if (envelopes.Find(root) is { } envelope)
                {
                    output.Line(EnvelopeJson.ToBytes(envelope));
                }
                else
                {
                    output.Error($"The message {root.Said.Message} to {root.Said.Recipient} was not kept whole, and cannot be sent again.");
                    isWhole = false;
                }
            }
        }
        else if (output.Json)
        {
            foreach (var node in tree.InTimeOrder())
            {
                ConversationText.WriteJson(output, node, envelopes);
            }
        }
        else
        {
            forPeople().Write(tree);
        }

        return isWhole;
    }

    private static int FindWidth()
    {
        try
        {
            return Console.IsOutputRedirected || Console.WindowWidth < 1 ? UnwatchedWidth : Console.WindowWidth;
        }
        catch (IOException)
        {
            return UnwatchedWidth;
        }
    }
}

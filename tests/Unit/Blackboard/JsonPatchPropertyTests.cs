using System.Text.Json;
using CsCheck;
using OrleansAgents.Blackboard;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Blackboard;

public sealed class JsonPatchPropertyTests
{
    private const long Cases = 400;

    private static readonly string[] Names = ["a", "b", "0", "1", "-", "", "a/b", "~", "é😀", "\n"];

    private static readonly Gen<string> Leaves = OneOf("0", "1", "1.0", "-2.5e3", "1e400", "true", "null", "\"\"", "\"x/~\"", "\"é😀\"");

    private static readonly Gen<string> Values = Gen.Recursive<string>((depth, inner) => depth >= 4 ? Leaves : Gen.Frequency(
        (2, Leaves), (3, inner.Array[0, 5].Select(items => $"[{string.Join(',', items)}]")), (4, Objects(inner))));

    [Fact]
    public void Between_OfAnyTwoValues_LeadsThereAndBack() => Gen.Select(Values, Values).Sample(
        (from, to) =>
        {
            var (one, other) = (JsonElement.Parse(from), JsonElement.Parse(to));
            var (there, back) = (JsonPatch.Between(one, other), JsonPatch.Between(other, one));
            var arrived = JsonPatch.Apply(one, there);
            Assert.True(JsonEquality.AreEqual(other, arrived));
            Assert.True(JsonEquality.AreEqual(one, JsonPatch.Apply(arrived, back)));
            Assert.Equal(JsonEquality.AreEqual(one, other), there.Count == 0);
            AssertCounted(arrived);
        },
        iter: Cases);

    [Fact]
    public void Apply_AnyOperations_IsUndoneByTheDifference() => Gen.Select(Objects(Values), Operations.Array[1, 12]).Sample(
        (text, operations) =>
        {
            var document = JsonElement.Parse(text);
            var changed = document;
            foreach (var operation in operations)
            {
                try
                {
                    changed = JsonPatch.Apply(changed, [operation]);
                }
                catch (JsonPatchException e)
                {
                    Assert.Equal((0, operation.Path), (e.Index, e.Path));
                }
            }

            AssertCounted(changed);
            Assert.True(JsonEquality.AreEqual(document, JsonPatch.Apply(changed, JsonPatch.Between(changed, document))));
        },
        iter: Cases);

    [Fact]
    public void Apply_AnyMergePatch_IsTheSameAsItsOperations() => Gen.Select(Objects(Values), Objects(Values)).Sample(
        (text, patch) =>
        {
            var document = JsonElement.Parse(text);
            var merged = JsonMergePatch.Apply(document, JsonElement.Parse(patch));
            Assert.True(JsonEquality.AreEqual(merged, JsonPatch.Apply(document, JsonPatch.Between(document, merged))));
            // Doing it twice changes nothing more.
            Assert.True(JsonEquality.AreEqual(merged, JsonMergePatch.Apply(merged, JsonElement.Parse(patch))));
            AssertCounted(merged);
        },
        iter: Cases);

    private static Gen<JsonPatchOperation> Operations => Gen.Select(
        OneOf("add", "add", "remove", "replace", "move", "copy", "test"), Paths, Paths, Values,
        (name, path, from, value) => new JsonPatchOperation(name, path, from) { Value = JsonElement.Parse(value) });

    private static Gen<string> Paths => Gen.Int[0, Names.Length - 1].Array[0, 3].Select(steps => string.Concat(
        steps.Select(s => "/" + Names[s].Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal))));

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static Gen<string> Objects(Gen<string> inner) => Gen.Select(Gen.Int[0, Names.Length - 1], inner).Array[0, 5].Select(members =>
        $"{{{string.Join(',', members.DistinctBy(m => m.Item1).Select(m => $"{JsonSerializer.Serialize(Names[m.Item1])}:{m.Item2}"))}}}");

    /// <summary>The size that a document is held to is that of its text, and its text says the same again.</summary>
    private static void AssertCounted(JsonElement value)
    {
        var document = JsonPatch.Apply(value, []);
        var bytes = System.Text.Encoding.UTF8.GetByteCount(document.GetRawText());
        Assert.Equal(document.GetRawText(), JsonPatch.Apply(document, [JsonPatchOperation.Copy("", "")], new JsonPatchLimits { Bytes = bytes }).GetRawText());
        Assert.Throws<JsonPatchException>(() => JsonPatch.Apply(document, [JsonPatchOperation.Copy("", "")], new JsonPatchLimits { Bytes = bytes - 1 }));
    }
}

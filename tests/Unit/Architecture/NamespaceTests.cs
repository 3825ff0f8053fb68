using Xunit;

namespace OrleansAgents.Tests.Architecture;

public sealed class NamespaceTests
{
    [Fact]
    public void Namespaces_OfEverySourceFile_FollowTheFolder()
    {
        var files = Repository.Files("src", "*.cs");

        var violations = files
            .SelectMany(file => NamespaceRule.Violations(Repository.Relative(file), File.ReadAllText(file)))
            .ToList();

        Assert.True(files.Count >= 10, $"Found only {files.Count} files under src.");
        Assert.True(violations.Count == 0, "Not in the folder's namespace:\n" + string.Join('\n', violations));
    }

    [Theory]
    [InlineData("src/Client/Client.cs", "namespace OrleansAgents; class C;")]
    [InlineData("src/Grains.Interfaces/Messaging/Reply.cs", "namespace OrleansAgents.Messaging; record R;")]
    [InlineData("src/Storage/Sqlite/Log/Log.cs", "namespace OrleansAgents.Sqlite { namespace Log { enum E { A } } }")]
    [InlineData("src/Testing/Faults/Dice.cs", "namespace OrleansAgents.Testing.Faults; class C;")]
    [InlineData("src/Silo/Program.cs", "System.Console.WriteLine();")]
    [InlineData("src/Silo/Usings.cs", "global using System;")]
    public void Violations_NamespaceOfTheFolder_None(string path, string text) => Assert.Empty(NamespaceRule.Violations(path, text));

    [Theory]
    [InlineData("src/Client/Client.cs", "namespace OrleansAgents.Client; class C;")]
    [InlineData("src/Testing/Faults/Dice.cs", "namespace OrleansAgents.Faults; class C;")]
    [InlineData("src/Grains/Messaging/Turn.cs", "namespace OrleansAgents; delegate void D();")]
    [InlineData("src/Grains/Messaging/Turn.cs", "namespace OrleansAgents.messaging; struct S;")]
    [InlineData("src/Grains/Messaging/Turn.cs", "class C { class Inner; }")]
    [InlineData("src/Grains/Messaging/Turn.cs", "namespace OrleansAgents.Messaging { class C; } namespace Other { class D; }")]
    public void Violations_OtherNamespace_IsReported(string path, string text) => Assert.Single(NamespaceRule.Violations(path, text));

    [Fact]
    public void Violations_OtherNamespace_NamesTheFileAndBothNamespaces() =>
        Assert.Equal(
            "src/Client/Topics/Reader.cs: Wrong should be OrleansAgents.Topics",
            Assert.Single(NamespaceRule.Violations("src/Client/Topics/Reader.cs", "namespace Wrong; class C;")));
}

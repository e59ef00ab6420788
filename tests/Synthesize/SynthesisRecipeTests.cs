using System.Text.Json;
using System.Text.Json.Nodes;
using Unreel.Video;

namespace Unreel.Synthesize.Tests;

public sealed class SynthesisRecipeTests
{
    [Fact]
    public void Comes_back_as_it_was_written()
    {
        foreach (SynthesisRecipe recipe in new[] { TestPresets.Videos("accelerating-and-transforming-shapes", seed: ulong.MaxValue, count: 7), TestPresets.Motions(seed: 3, count: 9) })
        {
            using JsonDocument document = JsonDocument.Parse(recipe.ToJson());
            Assert.Equal("unreel.synthesis.v1", document.RootElement.GetProperty("format").GetString());
            Assert.Equal(recipe.ToJson(), SynthesisRecipe.Parse(document.RootElement).ToJson());
        }
    }

    [Fact]
    public void Reader_draws_the_same_as_the_recipe()
    {
        SynthesisRecipe recipe = TestPresets.Motions(count: 8, size: 32);
        using JsonDocument document = JsonDocument.Parse(recipe.ToJson());
        using IClipSource read = new SynthesisRecipeReader().Open(document.RootElement, ".");
        using SynthesisSource made = new(recipe);
        Assert.Equal(made.Items, read.Items);
        Assert.Equal(made.Read(5, [3], null, default).Pixels, read.Read(5, [3], null, default).Pixels);
    }

    [Theory]
    [InlineData("format", "\"unreel.synthesis.v9\"", "unreel.synthesis.v9")]
    [InlineData("kind", "\"films\"", "kind")]
    [InlineData("count", "0", "at least 1")]
    [InlineData("count", "\"many\"", "count")]
    [InlineData("colour", "1", "colour")]
    [InlineData("preset", "null", "null")]
    [InlineData("preset", "{\"objects\":-1}", "Objects")]
    [InlineData("preset", "{\"objects\":0}", "objects is 0")]
    [InlineData("preset", "{\"object\":5}", "object")]
    [InlineData("preset", "{\"shapes\":[\"blob\"]}", "shapes")]
    [InlineData("preset", "{\"size\":1}", "Size")]
    public void Refuses_what_is_not_a_recipe(string property, string value, string message)
    {
        JsonObject recipe = JsonNode.Parse(TestPresets.Videos("moving-circles").ToJson())!.AsObject();
        recipe[property] = JsonNode.Parse(value);
        VideoException error = Assert.Throws<VideoException>(() => SynthesisRecipe.Parse(JsonSerializer.SerializeToElement(recipe)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("format")]
    [InlineData("seed")]
    [InlineData("preset")]
    public void Refuses_a_recipe_without(string property)
    {
        JsonObject recipe = JsonNode.Parse(TestPresets.Videos("moving-circles").ToJson())!.AsObject();
        recipe.Remove(property);
        VideoException error = Assert.Throws<VideoException>(() => SynthesisRecipe.Parse(JsonSerializer.SerializeToElement(recipe)));
        Assert.Contains(property, error.Message, StringComparison.Ordinal);
    }
}

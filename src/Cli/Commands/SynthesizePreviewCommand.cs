using System.CommandLine;
using Unreel.Pipelines;
using Unreel.Synthesize;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel synthesize preview</c>.</summary>
internal static class SynthesizePreviewCommand
{
    private const string AllSteps = "progression", Several = "presets";

    private static readonly Argument<string[]> Presets = new("preset")
    {
        Description = $"Shipped presets' names or YAML files; of several, the first video of each. 'motions' for the labelled ones, '{AllSteps}' for the paper's eight steps.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Folder = new("--out", "-o") { Description = "The folder for NAME.png and NAME.mp4.", DefaultValueFactory = _ => "." };
    private static readonly Option<int?> Size = new("--size") { Description = "The side of the canvas in pixels. Default: the preset's." };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "What all random choices are derived from." };
    private static readonly Option<string?> Images = new("--images") { Description = "A folder of pictures, for presets whose textures are pictures.", HelpName = "FOLDER" };
    private static readonly Option<string?> Real = new("--real") { Description = "A folder of videos, for presets with a share of real ones.", HelpName = "FOLDER" };

    private static readonly Option[] Options = [Folder, Size, Seed, Images, Real];

    public static Command Create()
    {
        Command command = new("preview", "Draws a contact sheet and a short film of presets, with a few textures made for the purpose.") { Presets, Folder, Size, Seed, Images, Real };
        command.SetAction((parsed, ct) =>
        {
            string[] names = parsed.GetValue(Presets)!;
            if (Array.Find(names, name => name.StartsWith('-')) is { } option)
                throw new UsageException($"{option} is no option of preview{Suggestion.For(option, Options.Select(known => known.Name))}");

            string[] presets = names is [AllSteps] ? [.. SynthesisPreview.Progression] : names;
            SynthesisRecipe[] recipes = [.. presets.Select(name => Recipe(name, parsed))];
            string title = names is [AllSteps] ? AllSteps : recipes is [SynthesisRecipe only] ? only.Name : Several;
            SampleMaterial samples = new(parsed.GetValue(Images), parsed.GetValue(Real));
            SynthesisPreview preview = SynthesisPreview.Write(recipes, title, parsed.GetValue(Folder)!, samples, ct);
            Console.WriteLine(preview.ContactSheet);
            Console.WriteLine(preview.Film);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static SynthesisRecipe Recipe(string name, ParseResult parsed) => new SynthesizeOptions
    {
        Preset = File.Exists(name) ? null : name,
        PresetFile = File.Exists(name) ? new FileInfo(name) : null,
        Kind = PresetLibrary.Names(SynthesisKind.Motions).Contains(name) ? SynthesisKind.Motions : SynthesisKind.Videos,
        Count = 24,
        Seed = parsed.GetValue(Seed),
        Size = parsed.GetValue(Size),
    }.ToRecipe();
}

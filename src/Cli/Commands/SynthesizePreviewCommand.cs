using System.CommandLine;
using Unreel.Pipelines;
using Unreel.Synthesize;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel synthesize preview</c>.</summary>
internal static class SynthesizePreviewCommand
{
    public static Command Create()
    {
        Argument<string> preset = new("preset") { Description = "A shipped preset's name or a YAML file; 'motions' for the labelled ones." };
        Option<string> folder = new("--out", "-o") { Description = "The folder for NAME.png and NAME.mp4.", DefaultValueFactory = _ => "." };
        Option<int?> size = new("--size") { Description = "The side of the canvas in pixels. Default: the preset's." };
        Option<ulong> seed = new("--seed") { Description = "What all random choices are derived from." };
        Command command = new("preview", "Draws a contact sheet and a short film of a preset.") { preset, folder, size, seed };
        command.SetAction((parsed, ct) =>
        {
            string name = parsed.GetValue(preset)!;
            SynthesizeOptions options = new()
            {
                Preset = File.Exists(name) ? null : name,
                PresetFile = File.Exists(name) ? new FileInfo(name) : null,
                Kind = PresetLibrary.Names(SynthesisKind.Motions).Contains(name) ? SynthesisKind.Motions : SynthesisKind.Videos,
                Count = 24,
                Seed = parsed.GetValue(seed),
                Size = parsed.GetValue(size),
            };
            SynthesisPreview preview = SynthesisPreview.Write(options.ToRecipe(), parsed.GetValue(folder)!, ct);
            Console.WriteLine(preview.ContactSheet);
            Console.WriteLine(preview.Film);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}

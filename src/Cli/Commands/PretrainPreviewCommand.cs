using System.CommandLine;
using Unreel.Pipelines;
using Unreel.Pretrain;
using Unreel.Synthesize;
using Unreel.Video;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel pretrain preview</c>.</summary>
internal static class PretrainPreviewCommand
{
    private static readonly Argument<string> Videos = new("videos") { Description = "A folder of videos, a list of videos, or a folder with a recipe." };
    private static readonly Option<string> Picture = new("--out", "-o") { Description = "The PNG.", DefaultValueFactory = _ => "masks.png", HelpName = "FILE" };
    private static readonly Option<int> Clips = new("--clips") { Description = "How many of the first videos are shown. Default 2.", DefaultValueFactory = _ => 2 };
    private static readonly Option<string> Model = new("--model") { Description = "The preset whose frames and patches are shown. Default s.", DefaultValueFactory = _ => "s" };
    private static readonly Option<double> Ratio = new("--mask-ratio") { Description = "Share of the tokens that is hidden. Default .9.", DefaultValueFactory = _ => 0.9 };
    private static readonly Option<int> Stride = new("--stride") { Description = "Steps between frames. Default 4.", DefaultValueFactory = _ => 4 };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "What crops and masks are derived from. Default 0." };

    public static Command Create()
    {
        Command command = new("preview", "Draws what each mask leaves visible of some clips.") { Videos, Picture, Clips, Model, Ratio, Stride, Seed };
        command.SetAction((parsed, ct) =>
        {
            string videos = parsed.GetValue(Videos)!, picture = parsed.GetValue(Picture)!;
            if (parsed.GetValue(Clips) is < 1 or > 64 || parsed.GetValue(Stride) is < 1 or > 1024)
                throw new UsageException($"--clips must be 1 to 64 and --stride 1 to 1024, found {parsed.GetValue(Clips)} and {parsed.GetValue(Stride)}.");

            PretrainOptions options = new()
            {
                Clips = StageInput.Parse(videos),
                Model = parsed.GetValue(Model)!,
                MaskRatio = parsed.GetValue(Ratio),
                Stride = parsed.GetValue(Stride),
                Seed = parsed.GetValue(Seed),
            };
            using IClipSource source = ClipDataset.Open(videos, [new SynthesisRecipeReader()]);
            MaskPreview preview = MaskPreview.Write(options, source, parsed.GetValue(Clips), picture, ct);
            foreach (string problem in preview.LeftOut)
                Console.Error.WriteLine($"unreel: left out: {problem}");
            Console.Error.WriteLine($"unreel: rows from the top: {string.Join(", ", preview.Rows)}");
            Console.WriteLine(picture);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}

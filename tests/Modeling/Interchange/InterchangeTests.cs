using System.Text.Json.Nodes;
using Unreel.Testing;
using Unreel.Video;
using static TorchSharp.torch;

namespace Unreel.Modeling.Tests;

/// <summary>Weights leave and come back exactly as they were; what does not fit is listed.</summary>
[Collection("torch")]
public sealed class InterchangeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public InterchangeTests()
    {
        using var classifier = Values.Filled(new Classifier(Micro.Shape, 3, CPU));
        using var autoencoder = Values.Filled(new PretrainingModel(Micro.Shape, Micro.Shape.CubeValues, CPU));
        WeightsFolder.Write(Made("classifier"), Classifier, classifier);
        WeightsFolder.Write(Made("autoencoder"), Autoencoder, autoencoder);
    }

    private static ModelDescription Autoencoder { get; } = new() { Kind = ModelKind.Autoencoder, Shape = Micro.Shape, Normalisation = PixelNormalisation.Motion };

    private static ModelDescription Classifier { get; } = Autoencoder with
    {
        Kind = ModelKind.Classifier,
        Labels = ["a", "b", "c"],
        Preparation = new ClipPreparation { Frames = 4, Stride = 3, Size = 16, ShortSide = 20, Clips = 2 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("classifier", WeightFormat.Videomae)]
    [InlineData("classifier", WeightFormat.HuggingFace)]
    [InlineData("autoencoder", WeightFormat.Videomae)]
    [InlineData("autoencoder", WeightFormat.HuggingFace)]
    public void Round_trips_are_exact(string name, WeightFormat format)
    {
        WeightExport.Run(_folder.File(name), format, _folder.File("abroad"));
        WeightImport.Run(_folder.File("abroad"), Made("home"), new WeightImportOptions());

        Assert.Equal(File.ReadAllBytes(_folder.File(name, "model.safetensors")), File.ReadAllBytes(_folder.File("home", "model.safetensors")));
        Assert.Equal(File.ReadAllText(_folder.File(name, "model.json")), File.ReadAllText(_folder.File("home", "model.json")));
    }

    [Theory]
    [InlineData(WeightFormat.Videomae, "abroad.pth")]
    [InlineData(WeightFormat.HuggingFace, "abroad/model.safetensors")]
    public void Exports_depend_on_the_weights_alone(WeightFormat format, string file)
    {
        WeightExport.Run(_folder.File("classifier"), format, _folder.File(file.Split('/')[0]));
        byte[] first = File.ReadAllBytes(_folder.File(file));
        Directory.CreateDirectory(_folder.File("second"));
        WeightExport.Run(_folder.File("classifier"), format, _folder.File("second", file.Split('/')[0]));

        Assert.Equal(first, File.ReadAllBytes(_folder.File("second", file)));
    }

    [Fact]
    public void Our_own_folders_are_taken()
    {
        WeightImportResult result = WeightImport.Run(_folder.File("classifier"), Made("home"), new WeightImportOptions());

        Assert.Equal("unreel", result.Format);
        Assert.Equal(File.ReadAllBytes(_folder.File("classifier", "model.safetensors")), File.ReadAllBytes(_folder.File("home", "model.safetensors")));
    }

    [Fact]
    public void The_parameters_are_those_of_the_networks()
    {
        using var classifier = new Classifier(Micro.Shape, 3, CPU);
        using var autoencoder = new PretrainingModel(Micro.Shape, Micro.Shape.CubeValues, CPU);

        Assert.Equal(Listed(Parameters.Of(classifier).Select(entry => (entry.Name, entry.Parameter.shape))), Listed(ParameterTable.Of(Classifier)));
        Assert.Equal(Listed(Parameters.Of(autoencoder).Select(entry => (entry.Name, entry.Parameter.shape))), Listed(ParameterTable.Of(Autoencoder)));
    }

    [Fact]
    public void The_parameters_of_further_decoders_a_regressor_and_a_sampler_are_known()
    {
        foreach (ModelDescription description in (ModelDescription[])[Everything, Everything with { RegressorDepth = 0 }])
        {
            using var network = Network(description);
            Assert.Equal(Listed(Parameters.Of(network).Select(entry => (entry.Name, entry.Parameter.shape))), Listed(ParameterTable.Of(description)));
        }
    }

    [Fact]
    public void Descriptions_of_everything_come_back()
    {
        ModelDescription read = ModelDescription.Parse(Everything.ToJson(), "test");

        Assert.Equal(Everything.Decoders, read.Decoders);
        Assert.Equal((2, true), (read.RegressorDepth, read.HasSampler));
        Assert.DoesNotContain("decoders", Autoencoder.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Our_own_folder_of_everything_is_taken()
    {
        using (PretrainingModel network = Values.Filled(Network(Everything)))
            WeightsFolder.Write(Made("everything"), Everything, network);

        WeightImport.Run(_folder.File("everything"), Made("home"), new WeightImportOptions());

        Assert.Equal(File.ReadAllBytes(_folder.File("everything", "model.safetensors")), File.ReadAllBytes(_folder.File("home", "model.safetensors")));
        Assert.Equal(File.ReadAllText(_folder.File("everything", "model.json")), File.ReadAllText(_folder.File("home", "model.json")));
    }

    [Theory]
    [InlineData(WeightFormat.Videomae)]
    [InlineData(WeightFormat.HuggingFace)]
    public void What_has_no_place_in_the_form_is_named(WeightFormat format)
    {
        using (PretrainingModel network = Values.Filled(Network(Everything)))
            WeightsFolder.Write(Made("everything"), Everything, network);

        string message = Assert.Throws<ModelException>(() => WeightExport.Run(_folder.File("everything"), format, _folder.File("abroad"))).Message;

        Assert.All((string[])["a further decoder (hog)", "a regressor", "a sampler"], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_single_decoder_of_other_values_fits_videomaes_form_and_not_hugging_faces()
    {
        ModelDescription hog = Autoencoder with { Decoders = [new DecoderDescription("hog", 27, 8, 1, 2)] };
        using (PretrainingModel network = Values.Filled(Network(hog)))
            WeightsFolder.Write(Made("hog"), hog, network);

        WeightExport.Run(_folder.File("hog"), WeightFormat.Videomae, _folder.File("abroad.pth"));
        WeightImport.Run(_folder.File("abroad.pth"), Made("home"), new WeightImportOptions());

        Assert.Equal(File.ReadAllBytes(_folder.File("hog", "model.safetensors")), File.ReadAllBytes(_folder.File("home", "model.safetensors")));
        Assert.Equal(File.ReadAllText(_folder.File("hog", "model.json")), File.ReadAllText(_folder.File("home", "model.json")));
        Assert.Contains("27 numbers a token (hog)", Assert.Throws<ModelException>(() => WeightExport.Run(_folder.File("hog"), WeightFormat.HuggingFace, _folder.File("abroad"))).Message, StringComparison.Ordinal);
    }

    private static ModelDescription Everything { get; } = Autoencoder with
    {
        Decoders = [new DecoderDescription("pixels", 384, 8, 1, 2), new DecoderDescription("hog", 27, 12, 2, 3)],
        RegressorDepth = 2,
        HasSampler = true,
    };

    private static PretrainingModel Network(ModelDescription model) => new(model.Shape, ParameterTable.Decoders(model), model.RegressorDepth, model.HasSampler, CPU);

    [Theory]
    [InlineData("blocks.0.attn.qkv.weight", "videomae.encoder.layer.0.attention.attention.query.weight", "videomae.encoder.layer.0.attention.attention.key.weight", "videomae.encoder.layer.0.attention.attention.value.weight")]
    [InlineData("blocks.11.mlp.fc2.bias", "videomae.encoder.layer.11.output.dense.bias")]
    [InlineData("encoder.blocks.1.norm2.weight", "videomae.encoder.layer.1.layernorm_after.weight")]
    [InlineData("encoder.norm.weight", "videomae.layernorm.weight")]
    [InlineData("encoder.patch_embed.proj.bias", "videomae.embeddings.patch_embeddings.projection.bias")]
    [InlineData("decoder.blocks.0.attn.proj.weight", "decoder.decoder_layers.0.attention.output.dense.weight")]
    [InlineData("decoder.norm.weight", "decoder.norm.weight")]
    [InlineData("decoder.head.bias", "decoder.head.bias")]
    [InlineData("head.bias", "classifier.bias")]
    [InlineData("fc_norm.weight", "fc_norm.weight")]
    [InlineData("mask_token", "mask_token")]
    public void Names_are_translated(string ours, params string[] theirs) => Assert.Equal(theirs, HuggingFaceNames.Of(ours, HuggingFaceNames.Prefix));

    [Fact]
    public void Missing_and_surplus_tensors_are_all_listed_and_refused()
    {
        Changed(tensors =>
        {
            tensors.Remove("blocks.0.norm1.weight");
            tensors.Remove("fc_norm.bias");
            tensors["norm.weight"] = ([12], new float[12]);
            tensors["blocks.0.gamma_1"] = ([12], new float[12]);
            tensors["head.bias"] = ([2], new float[2]);
        });

        string message = Assert.Throws<ModelException>(() => WeightImport.Run(_folder.File("changed"), Made("home"), new WeightImportOptions())).Message;

        Assert.Contains("2 missing (--allow-missing NAME initialises one): blocks.0.norm1.weight, fc_norm.bias.", message, StringComparison.Ordinal);
        Assert.Contains("2 surplus (--allow-surplus NAME leaves one out): blocks.0.gamma_1, norm.weight.", message, StringComparison.Ordinal);
        Assert.Contains("head.bias is [2], expected [3]", message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.File("home")));
    }

    [Fact]
    public void What_is_allowed_by_name_is_initialised_or_left_out()
    {
        Changed(tensors =>
        {
            tensors.Remove("blocks.0.norm1.weight");
            tensors.Remove("head.weight");
            tensors["norm.weight"] = ([12], new float[12]);
            tensors["blocks.0.gamma_1"] = ([12], new float[12]);
        });
        var options = new WeightImportOptions { AllowMissing = ["blocks.0.norm1.weight", "head.*"], AllowSurplus = ["norm.weight", "blocks.*"], Seed = 4 };

        WeightImportResult result = WeightImport.Run(_folder.File("changed"), Made("home"), options);

        Assert.Equal(["blocks.0.norm1.weight", "head.weight"], result.Initialised);
        Assert.Equal(["blocks.0.gamma_1", "norm.weight"], result.LeftOut);
        using SafetensorsFile file = SafetensorsFile.Open(_folder.File("home", "model.safetensors"));
        Assert.All(file.ReadFloats("blocks.0.norm1.weight"), value => Assert.Equal(1, value));
        Assert.Contains(file.ReadFloats("head.weight"), value => value != 0);
        Assert.DoesNotContain("norm.weight", file.Tensors.Keys);
    }

    [Fact]
    public void An_encoder_alone_is_taken_when_the_rest_is_allowed_to_be_missing()
    {
        Changed(tensors =>
        {
            foreach (string name in tensors.Keys.Where(name => name.StartsWith("head.", StringComparison.Ordinal) || name.StartsWith("fc_norm.", StringComparison.Ordinal)).ToArray())
                tensors.Remove(name);
        });
        string file = _folder.File("changed", "model.safetensors");
        var options = new WeightImportOptions { Heads = 3, Frames = 4, ImageSize = 16 };

        string message = Assert.Throws<ModelException>(() => WeightImport.Run(file, Made("encoder"), options)).Message;
        WeightImport.Run(file, _folder.File("encoder"), options with { AllowMissing = ["norm.*", "decoder.*", "encoder_to_decoder.weight", "mask_token"] });
        Finetuning.Run(Micro.Finetuning(_folder.File("encoder")), Micro.Plan(_folder.File("tuned"), 1), new ColouredClips(Micro.Shape), new KeptProgress(), TimeProvider.System, default);

        Assert.Contains("encoder_to_decoder.weight, mask_token, norm.bias, norm.weight.", message, StringComparison.Ordinal);
        using SafetensorsFile before = SafetensorsFile.Open(_folder.File("classifier", "model.safetensors"));
        using SafetensorsFile after = SafetensorsFile.Open(_folder.File("encoder", "model.safetensors"));
        Assert.Equal(before.ReadFloats("blocks.1.attn.qkv.weight"), after.ReadFloats("encoder.blocks.1.attn.qkv.weight"));
    }

    [Fact]
    public void Heads_that_no_preset_tells_are_asked_for()
    {
        string message = Assert.Throws<ModelException>(() => WeightImport.Run(_folder.File("autoencoder", "model.safetensors"), Made("home"), new WeightImportOptions())).Message;

        Assert.Contains("--heads", message, StringComparison.Ordinal);
        Assert.Contains("width 12 and depth 2", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_named()
    {
        Changed(tensors => tensors["head.bias"].Data[1] = float.NaN);

        Assert.Contains("'head.bias'", Assert.Throws<ModelException>(() => WeightImport.Run(_folder.File("changed"), Made("home"), new WeightImportOptions())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sinusoids_are_recomputed_or_carried_over_to_other_grids()
    {
        var resized = new WeightImportOptions { Frames = 8, ImageSize = 32 };

        Assert.False(WeightImport.Run(_folder.File("classifier"), Made("recomputed"), resized).BringsPositions);
        Assert.True(WeightImport.Run(_folder.File("classifier"), Made("interpolated"), resized with { InterpolatePositions = true }).BringsPositions);

        using ClassifierModel recomputed = ClassifierModel.Load(_folder.File("recomputed"));
        using ClassifierModel interpolated = ClassifierModel.Load(_folder.File("interpolated"));
        Assert.Equal((8, 32, 8, 32), (recomputed.Shape.Frames, recomputed.Shape.ImageSize, recomputed.Preparation.Frames, recomputed.Preparation.Size));
        Assert.False(recomputed.Weights.ContainsKey("pos_embed"));
        Assert.Equal(Positions.Sinusoid(Micro.Shape, recomputed.Shape), interpolated.Weights["pos_embed"].Read());
        byte[] clip = new ColouredClips(recomputed.Shape).Read(0, default).Pixels;
        Assert.NotEqual(recomputed.Logits(clip, 1), interpolated.Logits(clip, 1));
    }

    [Fact]
    public void Positions_of_the_same_grid_stay_as_they_are() =>
        Assert.Equal(Sinusoid.Table(8, 12), Positions.Sinusoid(Micro.Shape, Micro.Shape));

    [Fact]
    public void Positions_that_were_brought_along_outlive_finetuning_and_export()
    {
        WeightImport.Run(_folder.File("autoencoder"), Made("encoder"), new WeightImportOptions { Frames = 8, InterpolatePositions = true });
        FinetuningSettings settings = Micro.Finetuning(_folder.File("encoder")) with { Shape = Micro.Shape with { Frames = 8 }, Preparation = new ClipPreparation { Frames = 8, Stride = 1, Size = 16 } };
        Finetuning.Run(settings, Micro.Plan(_folder.File("tuned"), 1), new ColouredClips(settings.Shape), new KeptProgress(), TimeProvider.System, default);
        WeightExport.Run(_folder.File("tuned"), WeightFormat.Videomae, _folder.File("tuned.pth"));
        WeightImport.Run(_folder.File("tuned.pth"), Made("home"), new WeightImportOptions());

        using ClassifierModel model = ClassifierModel.Load(_folder.File("home"));
        Assert.Equal(Positions.Sinusoid(Micro.Shape, settings.Shape), model.Weights["pos_embed"].Read());
        Assert.Contains("sinusoid", Assert.Throws<ModelException>(() => WeightExport.Run(_folder.File("tuned"), WeightFormat.HuggingFace, _folder.File("hf"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hidden_act", "\"relu\"", "hidden_act is 'relu'")]
    [InlineData("model_type", "\"vivit\"", "model_type is 'vivit'")]
    [InlineData("qkv_bias", "false", "qkv_bias is 'False'")]
    [InlineData("layer_norm_eps", "0.1", "layer_norm_eps is 0.1")]
    [InlineData("use_mean_pooling", "false", "use_mean_pooling")]
    [InlineData("num_attention_heads", "5", "heads (5)")]
    [InlineData("num_attention_heads", "\"3\"", "config.json")]
    [InlineData("num_hidden_layers", "3", "videomae.encoder.layer.2.layernorm_before.weight")]
    [InlineData("id2label", "{\"0\":\"a\"}", "3 labels, but 1")]
    [InlineData("id2label", "{\"0\":\"a\",\"1\":\"b\",\"3\":\"c\"}", "none for 2")]
    public void Configs_that_ask_for_something_else_are_refused(string key, string value, string described)
    {
        WeightExport.Run(_folder.File("classifier"), WeightFormat.HuggingFace, _folder.File("hf"));
        JsonObject config = JsonNode.Parse(File.ReadAllText(_folder.File("hf", "config.json")))!.AsObject();
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(_folder.File("hf", "config.json"), config.ToJsonString());

        Assert.Contains(described, Assert.Throws<ModelException>(() => WeightImport.Run(_folder.File("hf"), Made("home"), new WeightImportOptions())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Existing_targets_are_left_alone()
    {
        File.WriteAllText(_folder.File("taken.pth"), "mine");

        Assert.Throws<ModelException>(() => WeightExport.Run(_folder.File("classifier"), WeightFormat.Videomae, _folder.File("taken.pth")));
        Assert.Throws<ModelException>(() => WeightExport.Run(_folder.File("classifier"), WeightFormat.HuggingFace, _folder.File("autoencoder")));
        Assert.Equal("mine", File.ReadAllText(_folder.File("taken.pth")));
    }

    private static string[] Listed(IEnumerable<(string Name, long[] Shape)> parameters) =>
        [.. parameters.Select(entry => $"{entry.Name} [{string.Join(", ", entry.Shape)}]").Order(StringComparer.Ordinal)];

    private string Made(string name) => Directory.CreateDirectory(_folder.File(name)).FullName;

    private void Changed(Action<Dictionary<string, (long[] Shape, float[] Data)>> change)
    {
        using (SafetensorsFile file = SafetensorsFile.Open(_folder.File("classifier", "model.safetensors")))
        {
            Dictionary<string, (long[] Shape, float[] Data)> tensors = file.Tensors.ToDictionary(entry => entry.Key, entry => (entry.Value.Shape.ToArray(), file.ReadFloats(entry.Key)));
            change(tensors);
            SafetensorsWriter.Write(Path.Combine(Made("changed"), "model.safetensors"), [.. tensors.Select(entry => TensorToWrite.F32(entry.Key, entry.Value.Shape, () => entry.Value.Data))]);
        }

        Classifier.Write(_folder.File("changed"));
    }
}

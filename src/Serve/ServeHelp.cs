using System.Globalization;
using System.Text;

namespace Unreel.Serve;

/// <summary>What <c>--help</c> says, on both command lines.</summary>
public static class ServeHelp
{
    private const int Column = 28;
    private const int Width = 110;

    private const string Examples = """
        Examples:
          PROGRAM --model onnx/quickstart:latest
              then, from another shell: curl -T clip.mp4 http://127.0.0.1:8080/v1/classify
          PROGRAM --model onnx/walk:prod --model next=onnx/walk:candidate --watch 5
              two models; a tag that moves in the store is taken up while requests go on
          UNREEL_KEYS="inference:$(openssl rand -hex 24) management:$(openssl rand -hex 24)" PROGRAM --model m.onnx --host '*'
              for others, who send: curl -H "Authorization: Bearer KEY" …
          OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317 PROGRAM --model m.onnx --log json
              traces and metrics by OTLP, and a log for programs
        """;

    private const string Environment = """
        Environment:
          UNREEL_KEYS                 Keys that callers must have, separated by commas or spaces, of at least 16 characters each;
                                      inference:KEY opens /v1, /v2 and /openapi, management:KEY everything, KEY too.
          UNREEL_STORE                The store where --store names none.
          OTEL_EXPORTER_OTLP_ENDPOINT and OpenTelemetry's other variables: traces and metrics are sent where they say.
        """;

    /// <summary>Writes the help.</summary>
    /// <param name="program">How the program is called, e.g. <c>unreel serve</c>.</param>
    public static string Text(string program)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"usage: {program} --model MODEL [options]\n\nAnswers videos over HTTP: post a clip, get the action.\n\n");
        text.Append(Examples.Replace("PROGRAM", program, StringComparison.Ordinal)).Append('\n');
        ServeOptions defaults = new() { Models = [] };
        foreach (ServeSettingGroup group in ServeSettings.Groups)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{group.Title}:\n");
            foreach (ServeSetting setting in group.Settings)
                Write(text, setting, defaults);
        }

        Write(text, "  --store STORE", "The store: a folder, https://ACCOUNT.blob.core.windows.net/CONTAINER, or UseDevelopmentStorage=true. Default: UNREEL_STORE, else the nearest folder .unreel at or above the current one.");
        return text.Append('\n').Append(Environment).Append('\n').ToString();
    }

    private static void Write(StringBuilder text, ServeSetting setting, ServeOptions defaults)
    {
        string name = setting.Alias is { } alias ? $"{alias}, {setting.Name}" : setting.Name;
        Write(text, $"  {name} {setting.Value}", Describe(setting, defaults));
    }

    /// <summary>What an option means, and its default.</summary>
    public static string Describe(ServeSetting setting) => Describe(setting, new ServeOptions { Models = [] });

    private static string Describe(ServeSetting setting, ServeOptions defaults) =>
        setting.Default is { } read ? $"{setting.Help} Default {read(defaults)}." : setting.Help;

    private static void Write(StringBuilder text, string head, string body)
    {
        text.Append(head.PadRight(Column));
        if (head.Length >= Column)
            text.Append('\n').Append(' ', Column);

        int used = Column;
        foreach (string word in body.Split(' '))
        {
            if (used > Column && used + 1 + word.Length > Width)
            {
                text.Append('\n').Append(' ', Column);
                used = Column;
            }

            text.Append(used > Column ? " " : string.Empty).Append(word);
            used += word.Length + 1;
        }

        text.Append('\n');
    }
}

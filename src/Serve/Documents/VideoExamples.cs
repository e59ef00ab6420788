namespace Unreel.Serve.Documents;

/// <summary>Answers to requests with videos, as they look.</summary>
internal static class VideoExamples
{
    /// <summary>Labels.</summary>
    public const string Classify = """
        {
          "model": { "name": "quickstart", "version": "latest", "digest": "sha256:9f2c0d5b1f4e6a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d" },
          "files": [
            {
              "file": "clip.mp4",
              "label": "walk",
              "probability": 0.91,
              "predictions": [ { "label": "walk", "probability": 0.91 }, { "label": "run", "probability": 0.07 } ],
              "windows": null,
              "video": { "frames": 84, "duration": 3.36, "frame_rate": 25, "width": 180, "height": 144, "codec": "mpeg4", "views": 2 },
              "timings": { "queue_ms": 0.02, "decode_ms": 11.4, "inference_ms": 38.9 },
              "error": null
            }
          ]
        }
        """;

    /// <summary>A timeline.</summary>
    public const string Events = """
        event: video
        data: {"file":"clip.mp4","frames":128,"duration":5.12,"frame_rate":25,"width":180,"height":144,"codec":"h264","windows":2}

        event: window
        data: {"index":0,"start":0,"end":2.56,"label":"walk","probability":0.91,"predictions":[{"label":"walk","probability":0.91}]}

        event: window
        data: {"index":1,"start":2.56,"end":5.12,"label":"run","probability":0.6,"predictions":[{"label":"run","probability":0.6}]}

        event: done
        data: {"file":"clip.mp4","model":{"name":"quickstart","version":"latest","digest":"sha256:9f2c0d5b1f4e6a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d"},"label":"walk","probability":0.65,"predictions":[{"label":"walk","probability":0.65}],"timings":{"queue_ms":0.1,"decode_ms":22.8,"inference_ms":77.6}}


        """;

    /// <summary>Features.</summary>
    public const string Embed = """
        {
          "model": { "name": "quickstart", "version": "latest", "digest": "sha256:9f2c0d5b1f4e6a7b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d" },
          "width": 4,
          "files": [
            {
              "file": "clip.mp4",
              "features": [ 0.12, -0.5, 0.83, 0.2 ],
              "video": { "frames": 84, "duration": 3.36, "frame_rate": 25, "width": 180, "height": 144, "codec": "mpeg4", "views": 2 },
              "timings": { "queue_ms": 0.02, "decode_ms": 11.4, "inference_ms": 38.9 },
              "error": null
            }
          ]
        }
        """;
}

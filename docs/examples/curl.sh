# The background of a photo, removed
curl -X POST http://127.0.0.1:55433/api/background-removal/remove -F "image=@portrait.jpg" -F "smoothing=true" -o output_nobg.png

# Under a name of your own, with the time that it took
curl -X POST http://127.0.0.1:55433/api/background-removal/remove -F "image=@portrait.jpg" --output my_custom_output.png -w "Processing time: %{time_total}s\n"

# How the service is
curl -X GET http://127.0.0.1:55433/api/background-removal/health

"""The same job by others' means, under the same fleet. README.md beside this file is the map."""

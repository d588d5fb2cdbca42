"""The one way in: commands of people and actors go through here to the workflows, on a server or on the engine."""

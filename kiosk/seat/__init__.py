"""One candidate machine: the desk that runs a sitting, the writer, the sensors, the lockdown."""

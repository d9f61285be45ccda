"""The commands of the workbench, one module each."""

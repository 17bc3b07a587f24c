"""The rules of the house, as tests: layers, smells, sizes, tables, migrations, documents."""

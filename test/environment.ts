// Programs that a test starts print no colours, even where the tests themselves do.
delete process.env.FORCE_COLOR;

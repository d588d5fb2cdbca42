"""What people see: the `huanjie` command line today, the web console later."""

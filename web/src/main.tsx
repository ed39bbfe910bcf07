import { render } from 'preact';
import { App } from './app.js';
import './theme.css';
import './table/table.css';
import './table/fit.css';

render(<App />, document.getElementById('app')!);
